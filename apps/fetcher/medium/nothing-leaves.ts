import { isIP, type LookupFunction, Socket } from 'node:net';

/** What stands between a test and the network. */
export interface Border {
  /** Addresses outside of loopback to which somebody tried to connect. */
  readonly attempts: string[];
  /** Takes the border away again. */
  remove(): void;
}

/** Nobody listens here: connections are refused as they would be outside. */
const nowhere = { host: '127.0.0.1', port: 1 };

interface ConnectOptions {
  host?: string;
  lookup?: LookupFunction;
}

const isLoopback = (address: string): boolean => /^127\.|^::1$|^::ffff:127\./.test(address);

/**
 * From now on no TCP connection of this process leaves the machine: an attempt at any address but a loopback one is
 * written down and fails, whoever makes it and whatever a guard above has let through. Names are looked up by nobody
 * but the caller's own function.
 */
export function closeBorder(): Border {
  const attempts: string[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its socket below
  const connect = Socket.prototype.connect;
  const stopped = (address: string): Error => {
    attempts.push(address);
    return Object.assign(new Error('stopped at the border'), { code: 'ECONNREFUSED' });
  };
  const guarded =
    (lookup: LookupFunction | undefined): LookupFunction =>
    (hostname, options, answer) => {
      if (lookup === undefined) return answer(stopped(hostname), []);
      lookup(hostname, options, (error, found, family) => {
        const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
        const outside = error === null ? addresses.find((address) => !isLoopback(address)) : undefined;
        if (outside === undefined) answer(error, found, family);
        else answer(stopped(outside), []);
      });
    };
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const [first] = args;
    const options = (Array.isArray(first) ? first[0] : first) as ConnectOptions;
    const { host = 'localhost' } = options;
    if (isIP(host) !== 0 && !isLoopback(host)) {
      stopped(host);
      Object.assign(options, nowhere);
    }
    if (isIP(host) === 0) options.lookup = guarded(options.lookup);
    return (connect as (...all: unknown[]) => Socket).apply(this, args);
  };
  return { attempts, remove: () => void (Socket.prototype.connect = connect) };
}
