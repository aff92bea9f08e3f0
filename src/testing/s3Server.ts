/** A real S3 server for tests, in this process; it listens on the loopback address only. */
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}

export interface S3Server {
  readonly client: S3Client;
  /** For programs that use the server. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** @param folder where it keeps its objects */
export async function s3Server(folder: string, bucket: string): Promise<S3Server> {
  const Server = createRequire(import.meta.url)("s3rver") as new (options: object) => S3rver;
  const server = new Server({ port: 0, address: "127.0.0.1", silent: true, directory: folder });
  const { port } = await server.run();
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({
    endpoint,
    region: "eu-north-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const credentials = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER", AWS_REGION: "eu-north-1" };
  return { client, variables: { ...credentials, AWS_ENDPOINT_URL: endpoint }, stop: () => server.close() };
}
