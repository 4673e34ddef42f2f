/** What a terminal shows when the server starts. */
import { REDENO_VERSION, REDIS_VERSION } from "../sys/version.ts";

/** @param port 0: none @param unixSocket "" : none */
export function logo(port: number, unixSocket: string, pid: number): string {
  const at = port > 0 ? `port ${port}` : unixSocket === "" ? "no socket" : unixSocket;
  return `
              __
      .---.__/ o\\_        redeno ${REDENO_VERSION}, speaks Redis ${REDIS_VERSION}
     /  .--.    __)       standalone, 64 bit
    /  /    \\  |
    |  |     | |          listens on: ${at}
   _|  |__  _| |__        PID:        ${pid}
  (______/ (_____/

`;
}
