import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';

/**
 * Serves reflection, v1 and v1alpha, from a descriptor set. Its files go in as
 * they are, since proto-loader would drop the comments and the JSON names.
 */
export function addReflection(server: Server, descriptorSet: Uint8Array): void {
  const { file } = fromBinary(FileDescriptorSetSchema, descriptorSet);
  const fileDescriptorProtos = file.map((descriptor) => Buffer.from(toBinary(FileDescriptorProtoSchema, descriptor)));
  // The package wants a definition of proto-loader's, of which it reads only these bytes.
  const definition = { descriptorSet: { format: 'descriptor', type: {}, fileDescriptorProtos } };
  new ReflectionService(definition as unknown as ConstructorParameters<typeof ReflectionService>[0]).addToServer(
    server,
  );
}
