import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
  type ServiceDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import { expect } from 'chai';
import { root } from './project.js';

/** An element of the contract: its name, and its path in the file's source information. */
interface Element {
  readonly name: string;
  readonly path: readonly number[];
}

// The numbers in a path are the field numbers of google/protobuf/descriptor.proto.
const inFile = { message: 4, enum: 5, service: 6 };
const inMessage = { field: 2, message: 3, enum: 4, oneof: 8 };
const inEnum = { value: 2 };
const inService = { method: 2 };

function elementsOfFile(file: FileDescriptorProto): Element[] {
  return [
    ...file.messageType.flatMap((message, i) => elementsOfMessage(message, file.package, [inFile.message, i])),
    ...file.enumType.flatMap((type, i) => elementsOfEnum(type, file.package, [inFile.enum, i])),
    ...file.service.flatMap((service, i) => elementsOfService(service, file.package, [inFile.service, i])),
  ];
}

function elementsOfMessage(message: DescriptorProto, scope: string, path: readonly number[]): Element[] {
  // Written by the compiler for a `map`, not by a person.
  if (message.options?.mapEntry === true) return [];
  const name = `${scope}.${message.name}`;
  // So are the oneofs that stand for a lone `optional` field.
  const isWritten = (oneof: number) =>
    !message.field.some((field) => field.proto3Optional && field.oneofIndex === oneof);
  return [
    { name, path },
    ...message.field.map((field, i) => ({ name: `${name}.${field.name}`, path: [...path, inMessage.field, i] })),
    ...message.oneofDecl
      .map((oneof, i) => ({ name: `${name}.${oneof.name}`, path: [...path, inMessage.oneof, i] }))
      .filter((_, i) => isWritten(i)),
    ...message.nestedType.flatMap((nested, i) => elementsOfMessage(nested, name, [...path, inMessage.message, i])),
    ...message.enumType.flatMap((nested, i) => elementsOfEnum(nested, name, [...path, inMessage.enum, i])),
  ];
}

function elementsOfEnum(type: EnumDescriptorProto, scope: string, path: readonly number[]): Element[] {
  const name = `${scope}.${type.name}`;
  return [
    { name, path },
    ...type.value.map((value, i) => ({ name: `${name}.${value.name}`, path: [...path, inEnum.value, i] })),
  ];
}

function elementsOfService(service: ServiceDescriptorProto, scope: string, path: readonly number[]): Element[] {
  const name = `${scope}.${service.name}`;
  return [
    { name, path },
    ...service.method.map((method, i) => ({ name: `${name}.${method.name}`, path: [...path, inService.method, i] })),
  ];
}

describe('The contract', () => {
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(join(root, 'generated/descriptor_set.binpb')));
  const ours = set.file.filter((file) => file.package === 'modelserver.v1');

  it('is in the descriptor set', () => {
    const names = ours.flatMap(elementsOfFile).map((element) => element.name);
    expect(names).to.include.members([
      'modelserver.v1.ModelServer',
      'modelserver.v1.ModelServer.Fit',
      'modelserver.v1.Matrix.raw',
      'modelserver.v1.Dtype.DTYPE_FLOAT32',
    ]);
  });

  it('has a comment on every message, field, oneof, enum, value, service and method', () => {
    const bare = ours.flatMap((file) => {
      const commented = new Set(
        file.sourceCodeInfo?.location
          .filter((location) => location.leadingComments.trim() !== '')
          .map((location) => location.path.join('.')),
      );
      return elementsOfFile(file).filter((element) => !commented.has(element.path.join('.')));
    });
    expect(bare.map((element) => element.name)).to.deep.equal([]);
  });
});
