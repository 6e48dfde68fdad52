import rule from '../../rules/dependency-tree-copied-twice.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const stages = (copies: string, build = 'npm ci'): string => `FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN ${build}\nFROM node:22-slim\nWORKDIR /app\n${copies}\nCMD ["node", "a.js"]\n`
const DEPS = 'COPY --from=build /app/node_modules ./node_modules'

ruleTester(rule, {
  valid: [
    { name: 'copied once', code: stages(`${DEPS}\nCOPY --from=build /app/dist ./dist\nCOPY --from=build /app/package*.json ./`) },
    { name: 'the whole folder once', code: stages('COPY --from=build /app ./') },
    { name: 'elsewhere', code: stages(`${DEPS}\nCOPY --from=build /app /src`) },
    { name: 'left out of the second copy', code: `# syntax=docker/dockerfile:1.20\n${stages(`${DEPS}\nCOPY --exclude=node_modules --from=build /app ./`)}` },
    { name: 'the builder stage has none', code: stages(`${DEPS}\nCOPY --from=build /app ./`, 'npm run build') },
    { name: 'the builder stage removed it', code: stages('COPY --from=build /app ./\nRUN npm ci', 'npm ci && npm run build && rm -rf node_modules') },
    { name: 'in another way', code: stages('COPY --from=build /app ./\nRUN npm ci', 'npm ci && find . -name node_modules | xargs rm -rf') },
    { name: 'a native rebuild', code: stages(`${DEPS}\nRUN npm rebuild`) },
    { name: 'an install that adds what is missing', code: stages('COPY --from=build /app ./\nRUN npm install --omit=dev') },
    { name: 'installed twice, no copy', code: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm ci --omit=dev\n' },
    { name: 'in a builder stage', code: dockerfile`FROM node:22 AS deps
                                                 WORKDIR /app
                                                 COPY package.json ./
                                                 RUN npm install
                                                 FROM node:22 AS build
                                                 WORKDIR /app
                                                 COPY --from=deps /app/node_modules ./node_modules
                                                 COPY --from=deps /app ./
                                                 FROM nginx
                                                 COPY --from=build /app/dist /srv` },
    { name: 'another stage does the installing for good', code: stages(`${DEPS}\nCOPY --from=nginx:1.29 /app ./`) },
    { name: 'in a mount', code: stages(`${DEPS}\nRUN --mount=type=tmpfs,target=/app/node_modules npm ci`) },
  ],
  invalid: [
    {
      code: stages(`${DEPS}\nCOPY --from=build /app ./`),
      findings: [{
        at: 'COPY --from=build /app ./', message: '"COPY --from=build /app ./" brings /app/node_modules a second time, after "COPY --from=build /app/node_modules ./node_modules" (line 7), which repeats the work and, in Docker\'s classic image store, keeps it in two layers; delete one of the copies, or leave "node_modules" out of it.',
        related: [{ at: DEPS, message: 'this layer holds it already' }],
      }],
    },
    { name: 'for another owner', code: stages(`${DEPS}\nCOPY --chown=node:node --from=build /app ./`), findings: [{ at: /--chown/, message: /, and both layers ship; delete one/ }] },
    { name: 'the other way round', code: stages(`COPY --from=build /app .\n${DEPS}`), findings: [{ at: DEPS, message: /after "COPY --from=build \/app \."/ }] },
    { name: 'two installs, two stages', code: dockerfile`FROM node:22 AS deps
                                                       WORKDIR /app
                                                       COPY package*.json ./
                                                       RUN npm ci --omit=dev
                                                       FROM node:22 AS build
                                                       WORKDIR /app
                                                       COPY . .
                                                       RUN npm ci && npm run build
                                                       FROM node:22-slim
                                                       WORKDIR /app
                                                       COPY --from=deps /app/node_modules ./node_modules
                                                       COPY --from=build /app ./`, findings: [{ at: 'COPY --from=build /app ./', message: /and both layers ship/ }] },
    { name: 'copied, then installed from scratch', code: stages('COPY --from=build /app /app\nRUN npm ci --omit=dev'), findings: [{ at: 'npm ci --omit=dev', message: '"npm ci --omit=dev" brings /app/node_modules a second time, after "COPY --from=build /app /app" (line 7), and both layers ship; leave it out of the copy.', related: [{ at: 'COPY --from=build /app /app' }] }] },
    { name: 'installed, then copied', code: stages('COPY package*.json ./\nRUN npm ci --omit=dev\nCOPY --from=build /app ./'), findings: [{ at: 'COPY --from=build /app ./', message: /after "npm ci --omit=dev" \(line 8\), and both layers ship; install or copy it, not both\.$/ }] },
    { name: 'a virtual environment', code: stages('COPY --from=build /app/.venv /app/.venv\nCOPY --from=build /app /app', 'uv sync --locked'), findings: [{ at: /app \/app$/, message: /\/app\/\.venv a second time/ }] },
    { name: 'through a third stage', code: dockerfile`FROM node:22 AS deps
                                                    WORKDIR /app
                                                    COPY package.json ./
                                                    RUN yarn install
                                                    FROM node:22 AS build
                                                    WORKDIR /app
                                                    COPY --from=deps /app/node_modules ./node_modules
                                                    COPY . .
                                                    RUN yarn build
                                                    FROM node:22-slim
                                                    WORKDIR /app
                                                    COPY --from=deps /app/node_modules ./node_modules
                                                    COPY --from=build /app ./`, findings: [{ at: 'COPY --from=build /app ./', message: /repeats the work/ }] },
    { name: 'composer', code: stages('COPY --from=build /app/vendor ./vendor\nCOPY --from=build /app ./', 'composer install'), findings: [{ at: 'COPY --from=build /app ./', message: /\/app\/vendor/ }] },
  ],
})
