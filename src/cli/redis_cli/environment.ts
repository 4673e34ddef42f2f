/** The variables of the environment that the client reads. */
export interface CliEnvironment {
  get(name: string): string | undefined;
}
