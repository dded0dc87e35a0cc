"""Calls the server for the tests: a JSON object a line on stdin, an outcome a line on stdout.

Run with the folder of the generated stubs and the server's address. A request
is {"id", "method", "request", "timeout"?}; {"cancel": id} gives a call up.
"""

import json
import sys
import threading

sys.path.insert(0, sys.argv[1])

import grpc  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from google.rpc import error_details_pb2  # noqa: E402
from grpc_status import rpc_status  # noqa: E402
from modelserver.v1 import model_server_pb2 as messages  # noqa: E402
from modelserver.v1 import model_server_pb2_grpc as services  # noqa: E402

DETAILS = [error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo]

channel = grpc.insecure_channel(
    sys.argv[2],
    options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
)
stub = services.ModelServerStub(channel)
output = threading.Lock()
calls = {}


def answer(identifier, outcome):
    with output:
        print(json.dumps({"id": identifier, **outcome}), flush=True)


def failure(error):
    details = []
    status = rpc_status.from_call(error)
    for packed in status.details if status is not None else []:
        for kind in DETAILS:
            message = kind()
            if packed.Is(kind.DESCRIPTOR) and packed.Unpack(message):
                details.append({"type": kind.DESCRIPTOR.full_name, "value": json_format.MessageToDict(message)})
    return {"code": error.code().name, "message": error.details() or "", "details": details}


def finish(identifier, future):
    try:
        answer(identifier, {"response": json_format.MessageToDict(future.result())})
    except grpc.FutureCancelledError:
        answer(identifier, {"code": "CANCELLED", "message": "cancelled", "details": []})
    except grpc.RpcError as error:
        answer(identifier, failure(error))


for line in sys.stdin:
    command = json.loads(line)
    if "cancel" in command:
        calls[command["cancel"]].cancel()
        continue
    message = getattr(messages, command["method"] + "Request")()
    json_format.ParseDict(command["request"], message)
    future = getattr(stub, command["method"]).future(message, timeout=command.get("timeout"))
    calls[command["id"]] = future
    threading.Thread(target=finish, args=(command["id"], future), daemon=True).start()
