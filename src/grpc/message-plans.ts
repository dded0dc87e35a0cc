import { WireType } from '@bufbuild/protobuf/wire';
import {
  Column,
  FitChunk,
  FitRequest,
  FitStart,
  FitStreamRequest,
  Labels,
  Matrix,
  PredictRequest,
  PredictStreamRequest,
  RawMatrix,
  Row,
} from '../../generated/modelserver/v1/model_server.js';
import { bytes, MessagePlan, nested, repeated } from './message-in-parts.js';

const { Varint, Bit64, LengthDelimited } = WireType;

const row = new MessagePlan(
  Row,
  ['values'],
  repeated(
    1,
    Bit64,
    (message) => message.values,
    (reader) => reader.double(),
  ),
);
const rawMatrix = new MessagePlan(
  RawMatrix,
  ['data'],
  bytes(4, (message, data) => (message.data = data)),
);
const column = new MessagePlan(
  Column,
  ['numbers', 'strings'],
  repeated(
    2,
    Bit64,
    (message) => message.numbers,
    (reader) => reader.double(),
  ),
  repeated(
    3,
    LengthDelimited,
    (message) => message.strings,
    (reader) => reader.string(),
  ),
);
const matrix = new MessagePlan(
  Matrix,
  ['rows', 'raw', 'columns'],
  nested(1, row, (message, child) => message.rows.push(child)),
  nested(2, rawMatrix, (message, child) => (message.raw = child)),
  nested(3, column, (message, child) => message.columns.push(child)),
);
const labels = new MessagePlan(
  Labels,
  ['strings', 'ints', 'rawInt32'],
  repeated(
    1,
    LengthDelimited,
    (message) => message.strings,
    (reader) => reader.string(),
  ),
  repeated(
    2,
    Varint,
    (message) => message.ints,
    (reader) => reader.sint64() as bigint,
  ),
  bytes(3, (message, data) => (message.rawInt32 = data)),
);
const fitStart = new MessagePlan(FitStart);
const fitChunk = new MessagePlan(
  FitChunk,
  ['x', 'y', 'sampleWeight'],
  nested(1, matrix, (message, child) => (message.x = child)),
  nested(2, labels, (message, child) => (message.y = child)),
  repeated(
    3,
    Bit64,
    (message) => message.sampleWeight,
    (reader) => reader.double(),
  ),
);

export const fitPlan = new MessagePlan(
  FitRequest,
  ['x', 'y', 'sampleWeight'],
  nested(3, matrix, (message, child) => (message.x = child)),
  nested(4, labels, (message, child) => (message.y = child)),
  repeated(
    5,
    Bit64,
    (message) => message.sampleWeight,
    (reader) => reader.double(),
  ),
);
export const fitStreamPlan = new MessagePlan(
  FitStreamRequest,
  ['message'],
  nested(1, fitStart, (message, value) => (message.message = { $case: 'start', value })),
  nested(2, fitChunk, (message, value) => (message.message = { $case: 'chunk', value })),
);
export const predictPlan = new MessagePlan(
  PredictRequest,
  ['x'],
  nested(2, matrix, (message, child) => (message.x = child)),
);
export const predictStreamPlan = new MessagePlan(
  PredictStreamRequest,
  ['request'],
  nested(2, predictPlan, (message, child) => (message.request = child)),
);
