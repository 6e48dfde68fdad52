// Points at cache mounts that swallow what the image or a later step needs. See src/facts/lost-outputs.ts and lost-installs.ts.
import { quotedCommand } from '../src/facts/command-text.ts'
import { quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { lostInstalls, type LostInstall } from '../src/facts/lost-installs.ts'
import { lostOutputs, type LostOutput } from '../src/facts/lost-outputs.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a cache mount over a folder that something else needs: a build output that a later `COPY --from` takes or the image
 * starts, an installed tree such as `node_modules`, the place where a tool installs (browsers, gems, programs of
 * `cargo install`, Poetry's environments), or fetched packages that a later command needs while it may not fetch
 * (`dotnet publish --no-restore`, `pnpm install --offline`, `mvn -o`), where the project is known to fetch any. It is silent where
 * the RUN copies anything out, where another step, the context or a base image that nobody knows may put the files there, and,
 * of what only the container misses, in files for development.
 *
 * ## Why it matters
 *
 * A [cache mount](https://docs.docker.com/reference/dockerfile/#run---mounttypecache) is laid over the image only while its RUN
 * is executed. Nothing written there gets into the layer, so later steps and the image find an empty folder: a copy fails, or a
 * program is missing when the container starts.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM rust:1.90 AS build
 * WORKDIR /src
 * COPY Cargo.toml Cargo.lock ./
 * COPY src ./src
 * RUN --mount=type=cache,target=/src/target cargo build --release
 *
 * FROM debian:bookworm-slim
 * COPY --from=build /src/target/release/app /usr/local/bin/app
 * CMD ["app"]
 * ```
 *
 * ```files
 * Cargo.toml
 * Cargo.lock
 * src/main.rs
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM rust:1.90 AS build
 * WORKDIR /src
 * COPY Cargo.toml Cargo.lock ./
 * COPY src ./src
 * RUN --mount=type=cache,target=/src/target cargo build --release && cp target/release/app /usr/local/bin/app
 *
 * FROM debian:bookworm-slim
 * COPY --from=build /usr/local/bin/app /usr/local/bin/app
 * CMD ["app"]
 * ```
 *
 * ## When not to use it
 *
 * When a container is always started with the folder mounted from elsewhere.
 *
 * ## Cost model
 *
 * No change is simulated: the build or the image is broken.
 */
export default defineRule({
  id: 'cache-mount-output-lost',
  summary: 'What the image needs is written into a cache mount',
  category: 'buildkit',
  severity: 'error',

  *check(build) {
    for (const lost of lostOutputs(build)) yield { at: lost.cache.mount, message: outputMessage(build, lost), related: [{ at: lost.reader, message: 'this needs it' }] }
    for (const lost of lostInstalls(build)) yield { at: lost.cache.mount, message: installMessage(build, lost), related: [{ at: lost.install, message: 'what this installs is not in the layer' }, ...lost.reader ? [{ at: lost.reader, message: 'this needs it' }] : []] }
  },
})

function outputMessage(build: Build, { cache, path, reader, how }: LostOutput): string {
  const needed = how === 'copied' ? `is copied from the stage by line ${lineOf(build, reader.span)}` : `is what the image starts (line ${lineOf(build, reader.span)})`
  return `"${quotedText(path, 60)}" ${needed} but is written into the cache mount on "${quotedText(cache.mount.target ?? '', 40)}", which is in no layer: copy it out of the mount in the same RUN.`
}

function installMessage(build: Build, { cache, install, folder, reader, how }: LostInstall): string {
  const command = `"${quotedCommand(build, install.command.command, 40)}"`
  const mount = `the cache mount on "${quotedText(cache.mount.target ?? '', 40)}"`
  const line = reader ? `line ${lineOf(build, reader.span)}` : ''
  if (how === 'cut-off') return `${command} fetches into ${mount}, which line ${lineOf(build, reader!.span)} does not have and is told not to fetch again: add the same mount there.`
  return `${command} installs into ${mount}, which is in no layer, so ${reader ? `${line} does not find` : 'the image lacks'} ${folder}: mount only the download cache of ${install.manager}, or copy the result out in the same RUN.`
}
