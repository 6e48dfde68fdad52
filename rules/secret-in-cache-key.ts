// A secret comes in as ARG. Which arguments are secrets is decided in src/facts/secret-arguments.ts.
import { secretMounted } from '../src/edits/secret-mounts.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { commentAbove } from '../src/facts/comments.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { secretArguments, type SecretArgument } from '../src/facts/secret-arguments.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/** A comment that says the value is no secret, or that an argument will do. */
const EXPLAINED = /(?:\bnot?\b|n't).*\b(?:secret|sensitive|private)|\b(?:public|read-?only|harmless|safe)\b/i

/**
 * ## What it does
 *
 * Reports an ARG whose name says that it is a secret (`NPM_TOKEN`, `GITHUB_TOKEN`, `DB_PASSWORD`) and that a RUN below uses to
 * fetch something: in an address or a header, for `.npmrc` or `.netrc`, with git, curl or a package manager that reads
 * it by itself. A name alone is not enough. It is silent of ARGs with a default, of values that reach the browser anyway
 * (`NEXT_PUBLIC_…`), of secrets that are meant to be stored in the image, and where a comment above the ARG says that it is none.
 *
 * ## Why it matters
 *
 * Every ARG that has a value is in the key of each RUN below it in its stage, used or not
 * ([BuildKit: dockerfile2llb/convert.go](https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go),
 * dispatchArg). Tokens are renewed, and those of CI jobs differ in every job: each time all these steps run again. The value is
 * also written to the history of the image and to its provenance. The value of a
 * [secret mount](https://docs.docker.com/build/building/secrets/) is in no key and in no layer.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * ARG NPM_TOKEN
 * COPY package.json package-lock.json .npmrc ./
 * RUN npm ci
 * COPY . .
 * CMD ["node", "server.js"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json .npmrc ./
 * RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci
 * COPY . .
 * CMD ["node", "server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When the value is no secret and hardly ever changes.
 *
 * ## Cost model
 *
 * A new value of the argument. Counted are the RUN steps below it in its stage, with the time that such commands
 * usually take.
 *
 * ## Fix safety
 *
 * Suggested, because the build has to be called in another way: with `--secret id=npm_token,env=NPM_TOKEN` instead of
 * `--build-arg NPM_TOKEN=…`. Until then the steps run without the secret. `env=` takes a frontend of version 1.10 or newer.
 */
export default defineRule({
  id: 'secret-in-cache-key',
  summary: 'A secret is passed as a build argument',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const secret of secretArguments(build)) {
      const { setting, step, env } = secret
      if (EXPLAINED.test(commentAbove(build, setting))) continue
      const fix = secretMounted(build, secret)
      yield {
        at: setting,
        message: messageOf(build, secret),
        related: [...env ? [{ at: env, message: 'this keeps it in the environment of the image' }] : [], { at: step, message: 'used here' }],
        cost: costOfAll(setting.stage.steps.filter(step => step.kind === 'run' && step.span.start > setting.span.start)),
        ...typeof fix === 'string' ? { noFix: fix } : { fix },
      }
    }
  },
})

function messageOf(build: Build, { setting, variable: { name }, use, isShipped }: SecretArgument): string {
  const leak = isShipped ? ' and in the history of the image' : ''
  const mount = /SSH|PRV_?KEY|PRIVATE_?KEY/i.test(name) ? 'RUN --mount=type=ssh' : `RUN --mount=type=secret,id=${name.toLowerCase()},env=${name}`
  return `"${quoted(setting)}" puts a secret in the key of every RUN below it${leak}: each new value re-runs them, "${quotedCommand(build, use, 50)}" (line ${lineOf(build, use.span)}) among them; use "${mount}" where it is needed.`
}
