/** Hosts on a network of their own, made of network namespaces, whose cables can be pulled. */
import { spawnSync } from "node:child_process";

const ip = (line: string): boolean => spawnSync("ip", line.split(" ")).status === 0;
const cable = (host: number): string => `mlv${process.pid}${host}`;

/** @param count of hosts, called `name` with a number from 0; this machine has `address` on their bridge. Needs root. */
export function networkHosts(count: number) {
  const name = `mlctl${process.pid}-`;
  const [bridge, network] = [`mlb${process.pid}`, `10.231.${process.pid % 250}`];
  const areHere = process.getuid?.() === 0 && ip(`netns add ${name}0`) && ip(`link add ${bridge} type bridge`);
  const address = `${network}.1`;
  const start = (): void => {
    for (const line of [`address add ${address}/24 dev ${bridge}`, `link set ${bridge} up`]) ip(line);
    for (let i = 0; i < count; i++) {
      const host = `${name}${i}`;
      for (const line of [
        `netns add ${host}`,
        `link add ${cable(i)} type veth peer name eth0 netns ${host}`,
        `link set ${cable(i)} master ${bridge} up`,
        `-n ${host} address add ${network}.${i + 2}/24 dev eth0`,
        `-n ${host} link set eth0 up`,
        `-n ${host} link set lo up`,
      ])
        ip(line);
    }
  };
  const stop = (): void => {
    for (let i = 0; i < count; i++) ip(`netns del ${name}${i}`);
    ip(`link del ${bridge}`);
  };
  /** Packets are dropped without a word while it is out. */
  const plug = (host: number, state: "up" | "down"): boolean => ip(`link set ${cable(host)} ${state}`);
  return { areHere, name, address, start, stop, plug };
}
