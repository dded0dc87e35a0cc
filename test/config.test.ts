import { expect } from 'chai';
import { availableParallelism } from 'node:os';
import { ConfigError, readConfig } from '../src/config.js';

describe('the settings', () => {
  it('have defaults, and leave one core to serving', () => {
    expect(readConfig({})).to.deep.equal({
      modelsPath: './models',
      trainingCores: Math.max(1, availableParallelism() - 1),
      maxInferenceModels: 10,
      maxInferenceMemoryMb: 2048,
      host: '127.0.0.1',
      port: 50_051,
      maxMessageBytes: 256 * 1024 * 1024,
      maxInflightBytes: 1024 * 1024 * 1024,
      shutdownGraceSeconds: 30,
      trainingMemoryMb: 2048,
      logLevel: 'info',
    });
  });

  it('are read from the environment, where an empty one counts as unset', () => {
    const config = readConfig({ PORT: ' 0 ', TRAINING_CORES: '7', HOST: '', LOG_LEVEL: 'silent' });
    expect(config).to.include({ port: 0, trainingCores: 7, host: '127.0.0.1', logLevel: 'silent' });
  });

  it('name all of their faults at once, with the values and what would be right', () => {
    const read = () =>
      readConfig({ PORT: '70000', TRAINING_CORES: '1.5', MAX_INFERENCE_MODELS: '-1', LOG_LEVEL: 'loud' });
    expect(read)
      .to.throw(ConfigError)
      .with.property('faults')
      .that.deep.equals([
        'TRAINING_CORES is "1.5"; must be a whole number from 1 to 256',
        'MAX_INFERENCE_MODELS is "-1"; must be a whole number from 1 to 100000',
        'PORT is "70000"; must be a whole number from 0 to 65535',
        'LOG_LEVEL is "loud"; must be one of trace, debug, info, warn, error, fatal, silent',
      ]);
  });

  it('leave room for one message of the largest size among the bytes in flight', () => {
    expect(() => readConfig({ MAX_MESSAGE_BYTES: '4096', MAX_INFLIGHT_BYTES: '4095' }))
      .to.throw(ConfigError)
      .with.property('faults')
      .that.deep.equals([
        'MAX_INFLIGHT_BYTES is 4095; must be at least MAX_MESSAGE_BYTES, which is 4096, so that one message can pass',
      ]);
    expect(readConfig({ MAX_MESSAGE_BYTES: '4096', MAX_INFLIGHT_BYTES: '4096' }).maxInflightBytes).to.equal(4096);
    expect(readConfig({ MAX_MESSAGE_BYTES: '2000000000' }).maxInflightBytes).to.equal(2_000_000_000);
  });

  it('do not change once they are read', () => {
    const config = readConfig({});
    expect(() => Object.assign(config, { port: 1 })).to.throw(TypeError);
  });
});
