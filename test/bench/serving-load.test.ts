import { expect } from 'chai';
import { type Answers, requireAnswers } from '../../bench/serving/load/answers.js';
import { grpcFrame } from '../../bench/serving/load/grpc-frame.js';
import { parseLog, parseSummary } from '../../bench/serving/load/h2load.js';
import { runTool } from '../../bench/serving/load/tool.js';
import { parseReport } from '../../bench/serving/load/vegeta.js';
import { BenchmarkError } from '../../bench/benchmark.js';

const SUMMARY = `starting benchmark...
spawning thread #0: 1 total client(s). 20000 total requests
Application protocol: h2c
progress: 100% done

finished in 982.41ms, 20358.10 req/s, 1.48MB/s
requests: 20000 total, 20000 started, 20000 done, 19998 succeeded, 2 failed, 0 errored, 0 timeout
status codes: 19998 2xx, 0 3xx, 2 4xx, 0 5xx
traffic: 1.46MB (1527106) total, 507.97KB (520163) headers (space savings 89.36%), 312.47KB (319968) data
                     min         max         mean         sd        +/- sd
time for request:      112us     15.18ms      3.12ms       801us    87.46%
`;

describe('The load of the serving benchmarks', () => {
  it('has the bodies of gRPC: a flag, the length, the message', () => {
    expect([...grpcFrame(Uint8Array.of(7, 8, 9))]).to.deep.equal([0, 0, 0, 0, 3, 7, 8, 9]);
    expect(grpcFrame(new Uint8Array(0x01_02_03)).subarray(0, 5)).to.deep.equal(Buffer.from([0, 0, 1, 2, 3]));
  });

  it('is read from what h2load prints', () => {
    expect(parseSummary(SUMMARY)).to.deep.equal({ perSecond: 20358.1, answered: 19998, dataBytes: 319968 });
  });

  it('is refused when h2load prints something else', () => {
    expect(() => parseSummary('finished in no time')).to.throw(BenchmarkError, 'finished in no time');
  });

  it('has the milliseconds of each request from the log of h2load', () => {
    expect(parseLog('1764151200000000\t200\t1500\n1764151200000100\t200\t92\n')).to.deep.equal([1.5, 0.092]);
  });

  it('is read from the report of vegeta', () => {
    const report = {
      latencies: { mean: 1, '50th': 1_474_794, '99th': 81_563_662 },
      bytes_in: { total: 14_000 },
      requests: 1000,
      status_codes: { '0': 3, '200': 997 },
    };
    expect(parseReport(JSON.stringify(report))).to.deep.equal({
      latencies: { median: 1.474794, p99: 81.563662 },
      requests: 1000,
      answered: 997,
      dataBytes: 14_000,
    });
  });

  it('counts only when every answer has the bytes of the right one', () => {
    const target = {
      protocol: 'grpc',
      url: 'http://host/method',
      headers: {},
      bodyPath: 'body',
      answerBytes: 12,
    } as const;
    const right: Answers = { requests: 10, answered: 10, dataBytes: 120 };
    expect(() => requireAnswers(target, right)).not.to.throw();
    // An error of gRPC is an HTTP 200 without a body.
    expect(() => requireAnswers(target, { ...right, dataBytes: 108 })).to.throw('108 bytes where 120 are right');
    expect(() => requireAnswers(target, { ...right, answered: 9 })).to.throw('9 of 10 requests');
  });

  it('says how to get a tool that is not there', async () => {
    const tool = { command: 'no-such-load-generator', mend: 'it is in no package' };
    const error = await runTool(tool, []).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(BenchmarkError);
    expect(String(error)).to.include('no-such-load-generator is not on the PATH; it is in no package');
  });
});
