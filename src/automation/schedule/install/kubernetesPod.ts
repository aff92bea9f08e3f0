/** What all pods of mlctl share: no root, no token of the cluster, nothing written outside of their volumes. */

export function podOf(restartPolicy: "Never" | "Always", container: object, volumes: readonly object[]): object {
  return {
    restartPolicy,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container],
    volumes,
  };
}

/** To be completed by its variables and mounts. */
export function containerOf(name: string, args: readonly string[]): object {
  return {
    name,
    image: "mlctl:latest",
    imagePullPolicy: "IfNotPresent",
    args,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}
