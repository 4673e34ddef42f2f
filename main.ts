/**
 * The executable: the name that it was called by, or its first argument, chooses the program. Without one that it knows it
 * is the server, and takes the arguments that redis-server takes. Only the program that was chosen is loaded.
 */
import { calledName } from "./src/cli/called_name.ts";
import { chooseProgram } from "./src/cli/programs.ts";

const { program, args } = chooseProgram(await calledName(), Deno.args);

switch (program) {
  case "server": {
    const { runServer } = await import("./src/server/program.ts");
    await runServer(args);
    break;
  }
  case "cli": {
    const { cliProgram } = await import("./src/cli/redis_cli/cli.ts");
    Deno.exit(await cliProgram(args));
    break;
  }
  case "--eval": {
    const { evalProgram } = await import("./src/cli/eval.ts");
    Deno.exit(await evalProgram(args));
    break;
  }
  case "benchmark": {
    const { benchmark } = await import("./src/cli/benchmark/benchmark.ts");
    Deno.exit(await benchmark(args));
    break;
  }
  case "check-aof": {
    const { checkAof } = await import("./src/cli/check_aof.ts");
    Deno.exit(await checkAof(args));
    break;
  }
  case "check-rdb": {
    const { checkRdb } = await import("./src/cli/check_rdb.ts");
    Deno.exit(await checkRdb(args));
    break;
  }
  case "healthcheck": {
    const { healthcheck } = await import("./src/cli/healthcheck.ts");
    Deno.exit(await healthcheck(args));
    break;
  }
  case "sentinel": {
    const { sentinel } = await import("./src/cli/sentinel.ts");
    Deno.exit(sentinel());
    break;
  }
  case "completions": {
    const { completionsProgram } = await import("./src/cli/completions.ts");
    Deno.exit(await completionsProgram(args));
    break;
  }
  case "help": {
    const { helpProgram } = await import("./src/cli/help.ts");
    Deno.exit(await helpProgram(args));
  }
}
