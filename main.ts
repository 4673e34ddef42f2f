/**
 * The executable: its first argument chooses the program. Without one that it knows it is the server, and takes
 * the arguments that redis-server takes.
 */
const [program, ...rest] = Deno.args;

if (program === "healthcheck") {
  const { healthcheck } = await import("./src/cli/healthcheck.ts");
  Deno.exit(await healthcheck(rest));
} else if (program === "check-rdb") {
  const { checkRdb } = await import("./src/cli/check_rdb.ts");
  Deno.exit(await checkRdb(rest));
} else if (program === "check-aof") {
  const { checkAof } = await import("./src/cli/check_aof.ts");
  Deno.exit(await checkAof(rest));
} else if (program === "cli") {
  const { cliProgram } = await import("./src/cli/redis_cli/cli.ts");
  Deno.exit(await cliProgram(rest));
} else if (Deno.args.includes("--eval")) {
  const { evalProgram } = await import("./src/cli/eval.ts");
  Deno.exit(await evalProgram(Deno.args));
} else {
  const { runServer } = await import("./src/server/program.ts");
  await runServer(Deno.args);
}
