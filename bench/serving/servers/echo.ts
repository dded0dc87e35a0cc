/** The floor: a bare server of grpc-js that reads no request, and answers each with the bytes that it was started with (base64). */
import { Server, ServerCredentials, type ServiceDefinition, type handleUnaryCall } from '@grpc/grpc-js';
import { ModelServerService } from '../../../generated/modelserver/v1/model_server.js';
import { answerQuestions } from './answer-questions.js';

const asItIs = (bytes: Buffer) => bytes;
const answer = Buffer.from(process.argv[2], 'base64');

const service: ServiceDefinition = {
  predict: {
    path: ModelServerService.predict.path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  },
};
const predict: handleUnaryCall<Buffer, Buffer> = (_call, callback) => callback(null, answer);

const server = new Server();
server.addService(service, { predict });
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  answerQuestions(`127.0.0.1:${port}`, async () => server.forceShutdown());
});
