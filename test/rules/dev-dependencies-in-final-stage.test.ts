import rule from '../../rules/dev-dependencies-in-final-stage.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const manifest = (more: object = {}): Record<string, string> => ({ 'package.json': JSON.stringify({ dependencies: { express: '5' }, devDependencies: { eslint: '9', vitest: '4', '@types/node': '22' }, ...more }), 'package-lock.json': '', 'src/server.js': '' })
const npm = (command: string, start = '["node", "src/server.js"]', above = ''): string => `FROM node:22\n${above}WORKDIR /app\nCOPY package*.json ./\nRUN ${command}\nCOPY src ./src\nCMD ${start}\n`
const twoStages = (build: string, copies: string): string => `FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN ${build}\nFROM node:22-slim\nWORKDIR /srv\n${copies}\nCMD ["node", "dist/server.js"]\n`
const other = (command: string, start: string, above = ''): string => `FROM debian:bookworm\n${above}WORKDIR /app\nCOPY . .\nRUN ${command}\nCMD ${start}\n`

ruleTester(rule, {
  valid: [
    ...['npm ci --omit=dev', 'npm ci --omit dev', 'npm install --production', 'npm install --only=prod', 'NODE_ENV=production npm ci', 'npm ci && npm prune --omit=dev', 'npm ci && rm -rf node_modules', 'npm ci && npm ci --omit=dev', 'yarn install --production', 'yarn workspaces focus --production', 'pnpm install --prod', 'bun install --production', 'npm ci --workspace=api', 'npm config set omit dev && npm ci', 'npm install -g serve', 'if true; then npm ci; fi'].map(command => ({ name: command, code: npm(command), files: manifest() })),
    { name: 'NODE_ENV is set above', code: npm('npm ci', undefined, 'ENV NODE_ENV=production\n'), files: manifest() },
    { name: 'NODE_ENV is not known', code: npm('npm ci', undefined, 'ARG NODE_ENV\nENV NODE_ENV=$NODE_ENV\n'), files: manifest() },
    { name: 'a setting in .npmrc', code: npm('npm ci').replace('package*.json', 'package*.json .npmrc'), files: { ...manifest(), '.npmrc': 'omit=dev\n' } },
    { name: 'no development dependencies', code: npm('npm ci'), files: manifest({ devDependencies: {} }) },
    { name: 'none that is known for a tool', code: npm('npm ci'), files: manifest({ devDependencies: { 'left-pad': '1' } }) },
    { name: 'the context is not known', code: npm('npm ci') },
    { name: 'the command starts one', code: npm('npm ci', '["npx", "vitest"]'), files: manifest() },
    { name: 'its script does', code: npm('npm ci', '["npm", "run", "serve"]'), files: manifest({ scripts: { serve: 'npm run -s lint && node src/server.js', lint: 'eslint src' } }) },
    { name: 'what runs before the script does', code: npm('npm ci', '["npm", "start"]'), files: manifest({ scripts: { prestart: 'eslint src', start: 'node src/server.js' } }) },
    { name: 'by the name of its program', code: npm('npm ci', '["npm", "start"]'), files: manifest({ scripts: { start: 'tsc && node dist/server.js' }, devDependencies: { typescript: '5' } }) },
    { name: 'it is loaded', code: npm('npm ci', '["node", "-r", "ts-node/register", "src/server.ts"]'), files: manifest({ devDependencies: { 'ts-node': '10' } }) },
    { name: 'a script nobody can read', code: npm('npm ci', '["./run.sh"]'), files: manifest() },
    { name: 'a script of the context calls one', code: npm('npm ci', '["./run.sh"]').replace('COPY src', 'COPY run.sh ./\nCOPY src'), files: { ...manifest(), 'run.sh': 'eslint . && node src/server.js\n' } },
    { name: 'a script that is not there', code: npm('npm ci', '["npm", "run", "serve"]'), files: manifest() },
    { name: 'nothing is started', code: npm('npm ci').replace(/CMD.*\n/, ''), files: manifest() },
    { name: 'an install without them would fail', code: npm('npm ci'), files: manifest({ scripts: { prepare: 'husky' }, devDependencies: { husky: '9', eslint: '9' } }) },
    { name: 'an install without them would lack generated code', code: npm('npm ci'), files: manifest({ dependencies: { '@prisma/client': '6' }, devDependencies: { prisma: '6', eslint: '9' } }) },
    { name: 'for development, by its start command', code: npm('npm ci', '["npm", "run", "dev"]'), files: manifest({ scripts: { dev: 'node src/server.js' } }) },
    { name: 'for development, by its name', code: npm('npm ci'), path: 'Dockerfile.dev', files: manifest() },
    { name: 'for tests, by its stage', code: npm('npm ci').replace('node:22', 'node:22 AS test'), files: manifest() },
    { name: 'the builder stage keeps them', code: twoStages('npm ci && npm run build', 'COPY --from=build /app/dist ./dist'), files: manifest() },
    { name: 'pruned before the copy', code: twoStages('npm ci && npm run build && npm prune --omit=dev', 'COPY --from=build /app/node_modules ./node_modules'), files: manifest() },
    { name: 'copied from a stage without them', code: dockerfile`FROM node:22 AS build
                                                                WORKDIR /app
                                                                COPY . .
                                                                RUN npm ci && npm run build
                                                                FROM node:22 AS packages
                                                                WORKDIR /app
                                                                COPY package*.json ./
                                                                RUN npm ci --omit=dev
                                                                FROM node:22-slim
                                                                WORKDIR /app
                                                                COPY --from=build /app/dist ./dist
                                                                COPY --from=packages /app/node_modules ./node_modules
                                                                CMD ["node", "dist/server.js"]`, files: manifest() },
    { name: 'composer without them', code: other('composer install --no-dev', '["php", "a.php"]'), files: { 'composer.json': '{"require-dev": {"phpunit/phpunit": "12"}}' } },
    { name: 'composer without them by variable', code: other('composer install', '["php", "a.php"]', 'ENV COMPOSER_NO_DEV=1\n'), files: { 'composer.json': '{"require-dev": {"phpunit/phpunit": "12"}}' } },
    { name: 'uv without them', code: other('uv sync --no-dev', '["python", "a.py"]'), files: { 'pyproject.toml': '[dependency-groups]\ndev = ["pytest"]\n' } },
    { name: 'uv has other groups by default', code: other('uv sync', '["python", "a.py"]'), files: { 'pyproject.toml': '[dependency-groups]\ndev = ["pytest"]\n[tool.uv]\ndefault-groups = []\n' } },
    { name: 'poetry without them', code: other('poetry install --only main', '["python", "a.py"]'), files: { 'pyproject.toml': '[tool.poetry.group.dev.dependencies]\npytest = "*"\n' } },
    { name: 'an optional group', code: other('poetry install', '["python", "a.py"]'), files: { 'pyproject.toml': '[tool.poetry.group.dev]\noptional = true\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n' } },
    { name: 'bundler without them', code: other('bundle install', '["rails", "server"]', 'ENV RAILS_ENV=production BUNDLE_WITHOUT=development:test\n'), files: { Gemfile: 'group :test do\n  gem "capybara"\nend\n' } },
    { name: 'bundler is told above', code: other('bundle config set without development && bundle install', '["rails", "server"]', 'ENV RAILS_ENV=production\n'), files: { Gemfile: 'group :test do\n  gem "capybara"\nend\n' } },
    { name: 'Rails runs in development', code: other('bundle install', '["rails", "server"]'), files: { Gemfile: 'group :test do\n  gem "capybara"\nend\n' } },
  ],
  invalid: [
    { code: npm('npm ci'), files: manifest(), findings: [{ at: 'npm ci', message: '"npm ci", in the image that ships, also installs development dependencies (eslint, vitest and @types/node), which its start command does not call; add "--omit=dev".' }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY src ./src\nCMD ["node", "src/server.js"]\n' },
    { name: 'by a script that calls none', code: npm('npm ci', '["npm", "start"]'), files: manifest({ scripts: { start: 'node src/server.js' } }), findings: [{ at: 'npm ci', message: /eslint/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY src ./src\nCMD ["npm", "start"]\n' },
    { name: 'a build follows', code: npm('npm ci').replace('CMD', 'RUN npm run build\nCMD'), files: manifest(), findings: [{ at: 'npm ci', message: /add "--omit=dev", and build in another stage\.$/ }], fixed: null },
    { name: 'what follows builds nothing', code: npm('npm ci && npm cache clean --force'), files: manifest(), findings: [{ at: 'npm ci', message: /add "--omit=dev"\.$/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\nCOPY src ./src\nCMD ["node", "src/server.js"]\n' },
    { name: 'what follows builds another project', code: npm('npm ci\nRUN cd client && npm ci && npm run build'), files: manifest(), findings: [{ at: 'npm ci', message: /add "--omit=dev"\.$/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nRUN cd client && npm ci && npm run build\nCOPY src ./src\nCMD ["node", "src/server.js"]\n' },
    { name: 'an npm without --omit', code: npm('npm ci').replace('node:22', 'node:12-alpine'), files: manifest(), findings: [{ at: 'npm ci', message: /add "--only=production"\.$/ }], fixed: 'FROM node:12-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --only=production\nCOPY src ./src\nCMD ["node", "src/server.js"]\n' },
    { name: 'an npm nobody knows', code: npm('npm ci').replace('node:22', 'example/base'), files: manifest(), findings: [{ at: 'npm ci', message: /set "ENV NODE_ENV=production" above it\.$/ }], fixed: 'FROM example/base\nWORKDIR /app\nCOPY package*.json ./\nENV NODE_ENV=production\nRUN npm ci\nCOPY src ./src\nCMD ["node", "src/server.js"]\n' },
    { name: 'the tree is copied', code: twoStages('npm ci && npm run build', 'COPY --from=build /app/node_modules ./node_modules\nCOPY --from=build /app/package*.json ./\nCOPY --from=build /app/dist ./dist'), files: manifest(), findings: [{ at: 'npm ci', message: '"npm ci", whose result is copied into the image that ships, also installs development dependencies (eslint, vitest and @types/node), which its start command does not call; copy from a stage that installs with "--omit=dev" instead.' }], fixed: null },
    { name: 'the folder around it is copied', code: twoStages('npm ci && npm run build', 'COPY --from=build /app ./'), files: manifest(), findings: [{ at: 'npm ci', message: /copied into the image/ }], fixed: null },
    { name: 'over two stages', code: dockerfile`FROM node:22 AS deps
                                             WORKDIR /app
                                             COPY package*.json ./
                                             RUN yarn install
                                             FROM node:22 AS build
                                             WORKDIR /app
                                             COPY --from=deps /app/node_modules ./node_modules
                                             COPY . .
                                             RUN yarn build
                                             FROM node:22-slim
                                             WORKDIR /srv
                                             COPY --from=build /app/dist ./dist
                                             COPY --from=build /app/node_modules ./node_modules
                                             CMD ["node", "dist/server.js"]`, files: manifest(), findings: [{ at: 'yarn install', message: /add "--production"/ }], fixed: 'FROM node:22 AS deps\nWORKDIR /app\nCOPY package*.json ./\nRUN yarn install --production\nFROM node:22 AS build\nWORKDIR /app\nCOPY --from=deps /app/node_modules ./node_modules\nCOPY . .\nRUN yarn build\nFROM node:22-slim\nWORKDIR /srv\nCOPY --from=build /app/dist ./dist\nCOPY --from=build /app/node_modules ./node_modules\nCMD ["node", "dist/server.js"]\n' },
    { name: 'on a stage', code: npm('npm ci').replace('COPY src', 'FROM base\nCOPY src').replace('node:22\n', 'node:22 AS base\n'), files: manifest(), findings: [{ at: 'npm ci', message: /add "--omit=dev"\.$/ }], fixed: 'FROM node:22 AS base\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nFROM base\nCOPY src ./src\nCMD ["node", "src/server.js"]\n' },
    ...([['pnpm install --frozen-lockfile', '--prod'], ['bun install', '--production']] as const).map(([command, option]) => ({ name: command, code: npm(command), files: manifest(), findings: [{ at: command, message: new RegExp(`add "${option}"`) }], fixed: npm(`${command} ${option}`) })),
    { name: 'composer', code: other('composer install --no-scripts', '["php", "a.php"]'), files: { 'composer.json': '{"require-dev": {"phpunit/phpunit": "12"}}' }, findings: [{ at: /^composer/, message: /\(phpunit\/phpunit\).*add "--no-dev"/ }], fixed: 'FROM debian:bookworm\nWORKDIR /app\nCOPY . .\nRUN composer install --no-scripts --no-dev\nCMD ["php", "a.php"]\n' },
    { name: 'uv', code: other('uv sync --locked', '["python", "a.py"]'), files: { 'pyproject.toml': '[project]\nname = "a"\n[dependency-groups]\ndev = [\n  "pytest>=8",\n  "ruff",\n]\n' }, findings: [{ at: /^uv/, message: /\(pytest and ruff\).*add "--no-dev"/ }], fixed: 'FROM debian:bookworm\nWORKDIR /app\nCOPY . .\nRUN uv sync --locked --no-dev\nCMD ["python", "a.py"]\n' },
    { name: 'poetry', code: other('poetry install --no-root', '["python", "a.py"]'), files: { 'pyproject.toml': '[tool.poetry.group.dev.dependencies]\npytest = "*"\n' }, findings: [{ at: /^poetry/, message: /\(pytest\).*add "--only main"/ }], fixed: 'FROM debian:bookworm\nWORKDIR /app\nCOPY . .\nRUN poetry install --no-root --only main\nCMD ["python", "a.py"]\n' },
    { name: 'bundler', code: other('bundle install', '["rails", "server"]', 'ENV RAILS_ENV=production\n'), files: { Gemfile: 'gem "rails"\ngroup :development, :test do\n  gem "debug", platforms: [:mri]\nend\ngem "capybara", group: :test\n' }, findings: [{ at: 'bundle install', message: /\(debug and capybara\).*set "ENV BUNDLE_WITHOUT=development:test" above it/ }], fixed: 'FROM debian:bookworm\nENV RAILS_ENV=production\nWORKDIR /app\nCOPY . .\nENV BUNDLE_WITHOUT=development:test\nRUN bundle install\nCMD ["rails", "server"]\n' },
    { name: 'another stage is built on it', code: 'FROM node:22 AS base\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nFROM base AS dev\nCMD ["npx", "nodemon"]\nFROM base\nCOPY src ./src\nCMD ["node", "src/server.js"]\n', files: manifest(), findings: [{ at: 'npm ci', message: /./ }], fixed: null },
  ],
})
