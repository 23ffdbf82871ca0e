import { existsSync } from 'node:fs';

/** True where testcontainers will find a Docker engine. */
export const hasDocker = () => process.env.DOCKER_HOST !== undefined || existsSync('/var/run/docker.sock');
