// A compiler ships with the program it built. What is kept and what the image starts is worked out in src/facts/build-tools.ts.
import { isBaseFile } from '../src/facts/base-files.ts'
import { halfRemovals, keptBuildTools, runsFinishedProgram, type BuildTools, type HalfRemoval } from '../src/facts/build-tools.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { commentAbove } from '../src/facts/comments.ts'
import { startsDevelopment } from '../src/facts/image-command.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { kindOfFile } from '../src/facts/stages.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a compiler (`build-essential`, `gcc`, `g++`, `clang`, `cmake`, `cargo` and their groups) that a RUN of the shipped image
 * installs for a later build in it and that nothing removes, when the image starts a program of its own. Reports as well an
 * `apt-get purge` of a compiler in the RUN that installed it without `--auto-remove`, which leaves most of it. It is silent on
 * bases that hold compilers anyway or are not known, where the image starts a shell, a script that cannot be read or one that
 * installs or compiles, where a manifest names packages that compile as they run, and of images for development, tests and builds.
 *
 * ## Why it matters
 *
 * A compiler and its headers are some hundreds of megabytes that every host pulls and no one runs, and more for an attacker to use.
 * Build in a stage of its own, and the last stage takes [only the result](https://docs.docker.com/build/building/multi-stage/): a
 * virtual environment, compiled gems, a binary.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
 * WORKDIR /app
 * COPY requirements.txt ./
 * RUN pip install --no-cache-dir -r requirements.txt
 * COPY . .
 * CMD ["python", "app.py"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM python:3.13-slim AS build
 * RUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
 * RUN python -m venv /venv
 * COPY requirements.txt ./
 * RUN /venv/bin/pip install --no-cache-dir -r requirements.txt
 *
 * FROM python:3.13-slim
 * COPY --from=build /venv /venv
 * WORKDIR /app
 * COPY . .
 * CMD ["/venv/bin/python", "app.py"]
 * ```
 *
 * ## When not to use it
 *
 * Where the program compiles or installs extensions as it runs.
 *
 * ## Cost model
 *
 * No change is simulated, and no size is stated: it depends on the distribution.
 */
export default defineRule({
  id: 'build-tools-in-final-stage',
  summary: 'Compilers ship with the image although it only runs a finished program',
  category: 'layers',
  severity: 'warning',

  *check(build) {
    if (keptBuildTools(build).length + halfRemovals(build).length === 0 || !isForShipping(build) || isBaseFile(build)) return
    for (const half of halfRemovals(build)) {
      yield { at: half.command.command, message: halfText(build, half), related: [{ at: half.install, message: 'installed here' }], mending: mendingBy('clean', half.command.step) }
    }
    if (kindOfFile(build) !== 'application' || startsDevelopment(build) || !runsFinishedProgram(build)) return
    for (const kept of keptBuildTools(build)) {
      if (kept.usedBy.arguments.some(value => /(?:^|[-_./])(?:dev|develop|development|tests?)(?:[-_./]|$)/.test(value ?? ''))) continue
      if (/compil|runtime|run time|jit|native/i.test(commentAbove(build, kept.install.step))) continue
      yield { at: kept.install, message: keptText(build, kept), related: [{ at: kept.usedBy.command, message: 'the build needs them here' }] }
    }
  },
})

function keptText(build: Build, { install, tools, usedBy }: BuildTools): string {
  return `"${quotedCommand(build, install)}" ships ${listed(tools)} with the image, although only the build needs ${tools.length > 1 ? 'them' : 'it'}, as in "${quotedCommand(build, usedBy.command, 40)}" (line ${lineOf(build, usedBy.command.span)}); do that in a stage of its own and copy the result, or remove ${tools.length > 1 ? 'them' : 'it'} in the same RUN.`
}

function halfText(build: Build, { command, tools }: HalfRemoval): string {
  return `"${quotedCommand(build, command.command)}" leaves what ${listed(tools)} brought along, which is most of it; add "--auto-remove", and install by name what the program needs at run time.`
}
