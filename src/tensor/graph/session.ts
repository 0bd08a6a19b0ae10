import koffi from 'koffi';
import { type CApi, nativeError, type Output, type Pointer, Status } from '../native/library.ts';
import { newTensor, readTensor, type Values } from '../native/memory.ts';

export interface Feed {
  output: Output;
  shape: readonly number[];
  dtype: number;
  values: Values;
}

/** RunOptions {trace_level: FULL_TRACE}. */
const FULL_TRACE = Uint8Array.of(0x08, 0x03);

/** A TF_Session over one growing graph. It owns the graph, the session and every tensor of a run. */
export class Session {
  readonly graph: Pointer;
  /** Where set, every run is traced and its RunMetadata, serialized, handed over. */
  onProfile: ((metadata: Uint8Array) => void) | undefined;
  private readonly api: CApi;
  private readonly session: Pointer;

  /** `config` is a serialized ConfigProto. */
  constructor(api: CApi, config: Uint8Array) {
    this.api = api;
    this.graph = api.newGraph() as Pointer;
    const status = new Status(api);
    const options = api.newSessionOptions() as Pointer;
    try {
      api.setConfig(options, config, config.length, status.pointer);
      status.check(() => 'the configuration of the session');
      this.session = api.newSession(this.graph, options, status.pointer) as Pointer;
      status.check(() => 'a new session');
    } finally {
      api.deleteSessionOptions(options);
      status.dispose();
    }
  }

  /** Names and types of the devices that the session sees, such as `/device:GPU:0`. */
  devices(): Array<{ name: string; type: string }> {
    const { api } = this;
    const status = new Status(api);
    const list = api.sessionListDevices(this.session, status.pointer) as Pointer;
    try {
      status.check(() => 'the list of devices');
      return Array.from({ length: api.deviceListCount(list) as number }, (_, i) => ({
        name: api.deviceListName(list, i, status.pointer) as string,
        type: api.deviceListType(list, i, status.pointer) as string,
      }));
    } finally {
      api.deleteDeviceList(list);
      status.dispose();
    }
  }

  /** Runs off the event loop; returns the fetched values, copied out. `what` names the run in an error, by TensorFlow's message. */
  async run(
    feeds: Feed[],
    fetches: Output[],
    targets: Pointer[],
    what: (message: string) => string,
  ): Promise<Array<Float32Array | Int32Array | Uint8Array>> {
    const { api } = this;
    const status = new Status(api);
    const tensors: Pointer[] = [];
    const found = new Array<Pointer>(fetches.length).fill(null);
    const profile = this.onProfile && {
      options: api.newBufferFromString(FULL_TRACE, 2),
      metadata: api.newBuffer(),
    };
    try {
      for (const { shape, dtype, values } of feeds) tensors.push(newTensor(api, shape, dtype, values));
      await new Promise<void>((resolve, reject) => {
        api.sessionRun.async(
          this.session,
          profile?.options ?? null,
          feeds.map((feed) => feed.output),
          tensors,
          feeds.length,
          fetches,
          found,
          fetches.length,
          targets,
          targets.length,
          profile?.metadata ?? null,
          status.pointer,
          (error: unknown) => (error ? reject(error) : resolve()),
        );
      });
      const code = api.getCode(status.pointer) as number;
      if (code !== 0) {
        const message = api.message(status.pointer) as string;
        throw nativeError(code, message, what(message));
      }
      if (profile) {
        const { data, length } = api.getBuffer(profile.metadata) as {
          data: Pointer;
          length: number | bigint;
        };
        this.onProfile?.(new Uint8Array(koffi.view(data, Number(length)).slice(0)));
      }
      return found.map((tensor) => readTensor(api, tensor));
    } finally {
      if (profile) for (const buffer of Object.values(profile)) api.deleteBuffer(buffer);
      for (const tensor of tensors) api.deleteTensor(tensor);
      for (const tensor of found) if (tensor) api.deleteTensor(tensor);
      status.dispose();
    }
  }

  dispose(): void {
    const status = new Status(this.api);
    this.api.closeSession(this.session, status.pointer);
    this.api.deleteSession(this.session, status.pointer);
    this.api.deleteGraph(this.graph);
    status.dispose();
  }
}
