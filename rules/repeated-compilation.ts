// Points at the build that another one repeats. Which commands build the same is decided in src/facts/repeated-builds.ts.
import { withoutBuild } from '../src/edits/repeated-builds.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { repeatedBuilds, type RepeatedBuild } from '../src/facts/repeated-builds.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a build command that a later one repeats on the same files: `dotnet build` before `dotnet publish` of the same
 * project and configuration when nothing uses the output of the first, a Maven or Gradle build before one that starts with
 * `clean`, and a script of `package.json` that a later script runs itself. Silent when files are copied in between, when
 * configuration, target or runtime differ, and when tests or other stages stand on the first build. For .NET it is said as
 * information: the second pass finds most of the work done.
 *
 * ## Why it matters
 *
 * Both commands run after each edit of a source file, since
 * [all steps below a changed copy run again](https://docs.docker.com/build/cache/invalidation/), and the first one leaves a
 * layer of objects that nothing reads. [dotnet publish](https://learn.microsoft.com/dotnet/core/tools/dotnet-publish) builds
 * the project itself.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build
 * WORKDIR /src
 * COPY . .
 * RUN dotnet build app.csproj -c Release -o /app/build
 * RUN dotnet publish app.csproj -c Release -o /app/publish
 *
 * FROM mcr.microsoft.com/dotnet/aspnet:9.0
 * COPY --from=build /app/publish /app
 * ENTRYPOINT ["dotnet", "/app/app.dll"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build
 * WORKDIR /src
 * COPY . .
 * RUN dotnet publish app.csproj -c Release -o /app/publish
 *
 * FROM mcr.microsoft.com/dotnet/aspnet:9.0
 * COPY --from=build /app/publish /app
 * ENTRYPOINT ["dotnet", "/app/app.dll"]
 * ```
 *
 * ## When not to use it
 *
 * When an IDE or a script builds the image up to the first build, as a target of its own.
 *
 * ## Cost model
 *
 * No change is simulated, and no seconds are stated: how much the second pass repeats depends on the tool.
 *
 * ## Fix safety
 *
 * Suggested: the first command goes. What it leaves beside the output of the second one is missing then, and a second command that stops early, by a
 * condition of its own, would build less. An ARG that only the first one named goes along.
 */
export default defineRule({
  id: 'repeated-compilation',
  summary: 'A build step is repeated by the next one',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const repeated of repeatedBuilds(build)) {
      yield {
        at: repeated.first.command,
        message: messageOf(build, repeated),
        related: [{ at: repeated.second.command, message: 'this command builds it again' }],
        ...repeated.how === 'output' ? { lowered: true as const } : {},
        ...withoutBuild(build, repeated),
      }
    }
  },
})

function messageOf(build: Build, { first, second, how }: RepeatedBuild): string {
  const one = `"${quotedCommand(build, first.command, 50)}"`
  const other = `"${quotedCommand(build, second.command, 50)}" (line ${lineOf(build, second.command.span)})`
  switch (how) {
    case 'output': return `${other} builds the project by itself, so ${one} is another pass and a layer that nothing uses: leave it out.`
    case 'clean': return `${one} is thrown away and built again by ${other}, which starts with a clean: leave out one of them, or the clean.`
    case 'script': return `${other} runs the script of ${one} again: leave the first one out.`
  }
}
