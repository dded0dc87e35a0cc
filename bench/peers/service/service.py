"""The peer of `npm run bench:serving`: classifiers of scikit-learn behind FastAPI and uvicorn, one worker.

It has the calls of the service that ModelServer replaces, with JSON rows: POST /fit,
/predict, /load, /unload, /remove and /remove_all. Trainings run in processes of their own,
models are kept in files, and the loaded ones are served from memory. GET /usage is for the
benchmark: what this process has used so far.

Written to be fast: uvloop and httptools, pydantic's models for what comes in, orjson for
what goes out, and /predict as `async def`: of a prediction as short as these, a thread pool
(`def`) makes a request cost more processor time, and no request faster.

    python service.py FOLDER

It listens on a free port, and prints "serving HOST:PORT".
"""

import asyncio
import importlib
import os
import resource
import socket
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import joblib
import numpy
import orjson
import uvicorn
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, Field

FOLDER = Path(sys.argv[1])
TRAINING_CORES = max(1, (os.cpu_count() or 2) - 1)

ESTIMATORS = {
    "LogisticRegression": "sklearn.linear_model",
    "RandomForestClassifier": "sklearn.ensemble",
    "KNeighborsClassifier": "sklearn.neighbors",
}

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]


class Named(BaseModel):
    name: Name


class Fit(Named):
    estimator: str
    parameters: dict[str, Any] = {}
    x: list[list[float]]
    y: list[int] | list[str]


class Predict(Named):
    x: list[list[float]]


loaded: dict[str, Any] = {}
in_training: set[str] = set()


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.joblib"


def train(estimator: str, parameters: dict[str, Any], x, y, path: Path) -> None:
    """Runs in a process of the pool."""
    model = getattr(importlib.import_module(ESTIMATORS[estimator]), estimator)(**parameters)
    model.fit(numpy.asarray(x, dtype=numpy.float64), numpy.asarray(y))
    unfinished = path.with_suffix(".unfinished")
    joblib.dump(model, unfinished)
    os.replace(unfinished, path)


def json(content: object) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


@asynccontextmanager
async def lifespan(app: FastAPI):
    with ProcessPoolExecutor(TRAINING_CORES) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/fit")
async def fit(request: Fit) -> Response:
    name = request.name
    if request.estimator not in ESTIMATORS:
        raise HTTPException(422, f"estimator is none of {', '.join(ESTIMATORS)}")
    if path_of(name).exists() or name in in_training:
        raise HTTPException(409, f"there is a model {name}")
    if len(in_training) >= TRAINING_CORES:
        raise HTTPException(503, "every training core is busy")
    in_training.add(name)
    try:
        task = (train, request.estimator, request.parameters, request.x, request.y, path_of(name))
        await asyncio.get_running_loop().run_in_executor(app.state.pool, *task)
    except (ValueError, TypeError) as error:
        raise HTTPException(422, str(error)) from error
    finally:
        in_training.discard(name)
    return json({"name": name})


@app.post("/predict")
async def predict(request: Predict) -> Response:
    model = loaded.get(request.name)
    if model is None:
        raise HTTPException(404, f"{request.name} is not loaded")
    try:
        labels = model.predict(numpy.asarray(request.x, dtype=numpy.float64))
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return json({"labels": labels if labels.dtype.kind in "iu" else labels.tolist()})


@app.post("/load")
async def load(request: Named) -> Response:
    if request.name in loaded:
        raise HTTPException(409, f"{request.name} is loaded")
    if not path_of(request.name).exists():
        raise HTTPException(404, f"there is no model {request.name}")
    loaded[request.name] = joblib.load(path_of(request.name))
    return json({"name": request.name})


@app.post("/unload")
async def unload(request: Named) -> Response:
    if loaded.pop(request.name, None) is None:
        raise HTTPException(404, f"{request.name} is not loaded")
    return json({"name": request.name})


@app.post("/remove")
async def remove(request: Named) -> Response:
    if not path_of(request.name).exists():
        raise HTTPException(404, f"there is no model {request.name}")
    loaded.pop(request.name, None)
    path_of(request.name).unlink()
    return json({"name": request.name})


@app.post("/remove_all")
async def remove_all() -> Response:
    loaded.clear()
    paths = list(FOLDER.glob("*.joblib"))
    for path in paths:
        path.unlink()
    return json({"removed": len(paths)})


@app.get("/usage")
async def usage() -> Response:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return json({"cpuMs": (used.ru_utime + used.ru_stime) * 1000})


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print("serving {}:{}".format(*listening.getsockname()), flush=True)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])
