import { expect } from 'chai';
import { type WatchedCall, Standstills } from '../../src/grpc/standstills.js';

const MINUTE = 60_000;

/** A call of which nothing has moved for `ms`. */
function call(ms: number, isAtWork = false): WatchedCall & { readonly ends: string[] } {
  const ends: string[] = [];
  return {
    isAtWork,
    movedAt: performance.now() - ms,
    endEarly: ({ reason, message }) => ends.push(`${reason}: ${message}`),
    ends,
  };
}

describe('The watch over calls that stand still', () => {
  it('ends those that have stood still for longer than they may, and no others', () => {
    const standstills = new Standstills(60 * MINUTE);
    const still = call(61 * MINUTE);
    const moving = call(59 * MINUTE);
    const atWork = call(61 * MINUTE, true);
    const gone = call(61 * MINUTE);
    for (const watched of [still, moving, atWork]) standstills.watch(watched);
    standstills.unwatch(standstills.watch(gone));
    expect(standstills.end()).to.equal(true);
    expect(still.ends).to.have.length(1);
    expect(still.ends[0]).to.match(/^DEADLINE_EXCEEDED: .* for 3600 s/);
    expect([moving, atWork, gone].flatMap(({ ends }) => ends)).to.deep.equal([]);
  });

  it('looks at them again only when one can have stood still for too long', () => {
    const standstills = new Standstills(60 * MINUTE);
    standstills.watch(call(MINUTE));
    let looks = 0;
    standstills.watch({
      ...call(0),
      get isAtWork() {
        looks++;
        return true;
      },
    });
    for (let i = 0; i < 3; i++) expect(standstills.end()).to.equal(false);
    expect(looks).to.equal(1);
  });
});
