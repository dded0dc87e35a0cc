import { expect } from 'chai';
import fc from 'fast-check';
import { CompressedFrames } from '../../src/grpc/compressed-frames.js';
import { framed } from '../support/raw-call.js';

const MAX = 100_000;

describe('The frames of a compressed call', () => {
  it('tell what each message may have grown to, wherever the chunks end', () => {
    const messages = fc.array(fc.record({ length: fc.nat(300), isCompressed: fc.boolean() }), { minLength: 1 });
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 400 }), (all, chunkBytes) => {
        const wire = Buffer.concat(
          all.map(({ length, isCompressed }) => {
            const frame = framed(Buffer.alloc(length, 7));
            frame[0] = isCompressed ? 1 : 0;
            return frame;
          }),
        );
        const frames = new CompressedFrames(MAX);
        let total = 0;
        for (let at = 0; at < wire.length; at += chunkBytes) {
          total += frames.received(wire.subarray(at, at + chunkBytes));
        }
        const expected = all.map(({ length, isCompressed }) => (isCompressed ? Math.min(MAX, length * 1032) : length));
        expect(all.map(() => frames.take())).to.deep.equal(expected);
        expect(total).to.equal(expected.reduce((sum, size) => sum + size, 0));
        expect(frames.take()).to.equal(0);
      }),
    );
  });

  it('tell of a message while it comes', () => {
    const frames = new CompressedFrames(MAX);
    const frame = framed(Buffer.alloc(50));
    frame[0] = 1;
    expect(frames.received(frame.subarray(0, 15))).to.equal(10 * 1032);
    expect(frames.received(frame.subarray(15))).to.equal(40 * 1032);
    expect(frames.take()).to.equal(50 * 1032);
  });
});
