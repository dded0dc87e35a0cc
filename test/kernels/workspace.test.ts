import { expect } from 'chai';
import { Workspace } from '../../src/kernels/workspace.js';

describe('a workspace', () => {
  it('places arrays one after the other, aligned for SIMD, zeroed, and at the address that it tells', () => {
    const workspace = new Workspace(Workspace.sizeOf(3, 1) + Workspace.sizeOf(5, 8));
    const bytes = workspace.u8(3);
    const numbers = workspace.f64(5);
    expect(numbers.address % 16).to.equal(0);
    expect(numbers.address).to.equal(bytes.address + 16);
    expect([...bytes, ...numbers]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(bytes.address).to.be.at.least(workspace.kernels.heapBase());
  });

  it('refuses what does not fit', () => {
    const workspace = new Workspace(100);
    expect(() => workspace.u8(200_000)).to.throw(RangeError, 'too small');
    expect(() => new Workspace(2 ** 32)).to.throw(RangeError, 'allocation failed');
  });
});
