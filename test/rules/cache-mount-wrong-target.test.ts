import rule from '../../rules/cache-mount-wrong-target.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const inNode = (mounts: string, command = 'npm ci', before = ''): string => `FROM node:22\nWORKDIR /app\n${before}COPY package.json package-lock.json ./\nRUN ${mounts} ${command}\n`
const mount = (target: string): string => `--mount=type=cache,target=${target}`

ruleTester(rule, {
  valid: [
    inNode(mount('/root/.npm')),
    { name: 'a folder inside the cache', code: inNode(mount('/root/.npm/_cacache')) },
    { name: 'a folder above the cache', code: inNode(mount('/root')) },
    { name: 'a folder nobody takes for that cache', code: inNode(mount('/cache')) },
    { name: 'moved by an option', code: inNode(mount('/cache/.npm'), 'npm ci --cache /cache/.npm') },
    { name: 'moved by a variable', code: inNode(mount('/cache/.npm'), 'npm ci', 'ENV NPM_CONFIG_CACHE=/cache/.npm\n') },
    { name: 'moved by a variable whose value is not known', code: inNode(mount('/cache/.npm'), 'npm ci', 'ARG CACHE\nENV NPM_CONFIG_CACHE=$CACHE\n') },
    { name: 'moved by a command of the same RUN', code: inNode(mount('/app/.npm'), 'npm set cache /app/.npm && npm ci') },
    { name: 'moved by a command of an earlier RUN', code: inNode(mount('/app/.pnpm-store'), 'pnpm install', 'RUN pnpm config set store-dir /app/.pnpm-store\n') },
    { name: 'moved by a settings file of the project', code: inNode(mount('/app/.npm')), files: { '.npmrc': 'cache=/app/.npm\n', 'package.json': '{}', 'package-lock.json': '{}' } },
    { name: 'mounts on both places', code: inNode(`${mount('/home/node/.npm')} ${mount('/root/.npm')}`) },
    { name: 'an image nobody knows', code: 'FROM registry.example.com/node-base\nRUN --mount=type=cache,target=/home/app/.npm npm ci\n' },
    { name: 'a variable of the base image in the target', code: 'FROM golang:1.25-alpine\nRUN --mount=type=cache,target=$GOPATH/pkg/mod go mod download\n' },
    { name: 'the home of a user made in the file', code: 'FROM node:22\nRUN useradd -m app\nUSER app\nRUN --mount=type=cache,target=/home/app/.npm,uid=1001 npm ci\n' },
    { name: 'another user by way of sudo', code: 'FROM node:22\nRUN --mount=type=cache,target=/home/node/.npm sudo -u node npm ci\n' },
    { name: 'HOME is set', code: 'FROM node:22\nENV HOME=/srv/home\nRUN --mount=type=cache,target=/srv/home/.npm npm ci\n' },
    { name: 'Go\'s own image', code: 'FROM golang:1.25\nRUN --mount=type=cache,target=/go/pkg/mod go mod download\n' },
    { name: 'only the archives of Go\'s modules', code: 'FROM golang:1.25\nRUN --mount=type=cache,target=/go/pkg/mod/cache go mod download\n' },
    { name: 'Rust\'s own image', code: 'FROM rust:1.90\nWORKDIR /src\nRUN --mount=type=cache,target=/usr/local/cargo/registry cargo build\n' },
    { name: 'Gradle\'s own image', code: 'FROM gradle:8-jdk21\nRUN --mount=type=cache,target=/home/gradle/.gradle/caches gradle build\n' },
    { name: 'yarn as root', code: 'FROM node:22\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install --frozen-lockfile\n' },
    { name: 'yarn berry keeps its cache in the project', code: 'FROM node:22\nWORKDIR /src\nRUN --mount=type=cache,target=/src/.yarn/cache yarn install --immutable\n' },
    { name: 'a yarn of unknown version, in the project', code: 'FROM node:22\nWORKDIR /src\nRUN --mount=type=cache,target=.yarn/cache yarn install\n' },
    { name: 'gems in the home of RubyGems', code: 'FROM ruby:3.4\nRUN --mount=type=cache,target=/usr/local/bundle/cache bundle install\n' },
    { name: 'gems in a path that is configured', code: 'FROM ruby:3.4\nENV BUNDLE_PATH=/app/bundle\nRUN bundle config set path.system true\nRUN --mount=type=cache,target=/usr/local/bundle/cache bundle install\n' },
    { name: 'gems, with a mount in the right place as well', code: 'FROM ruby:3.4\nENV BUNDLE_PATH=/app/bundle\nRUN --mount=type=cache,target=/usr/local/bundle/cache --mount=type=cache,target=/app/bundle/ruby/3.4.0/cache bundle install\n' },
    { name: 'gems of an image whose version nobody knows', code: 'FROM ruby\nENV BUNDLE_PATH=/app/bundle\nRUN --mount=type=cache,target=/usr/local/bundle/cache bundle install\n' },
    { name: 'yarn follows XDG_CACHE_HOME', code: 'FROM node:22\nENV XDG_CACHE_HOME=/root/.cache\nRUN --mount=type=cache,target=/root/.cache/yarn yarn install --frozen-lockfile\n' },
    { name: 'pnpm of a version nobody knows may be an old one', code: 'FROM node:16\nRUN --mount=type=cache,target=/root/.pnpm-store pnpm install\n' },
    { name: 'pnpm 6', code: 'FROM node:16\nRUN npm i -g pnpm@6.35.1\nRUN --mount=type=cache,target=/root/.pnpm-store pnpm install\n' },
    { name: 'what may lie in a folder that is seeded', code: 'FROM node:22\nRUN --mount=type=cache,from=busybox,target=/home/node/.npm npm ci\n' },
    { name: 'a script nobody can read', code: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/root/.npm npm ci && if\n' },
    { name: 'a stage that is not built', code: 'FROM node:22 AS old\nUSER node\nRUN --mount=type=cache,target=/root/.npm npm ci\nFROM node:22\nCMD ["node"]\n' },
    { name: 'precision 15: Windows', code: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN --mount=type=cache,target=~/.npm npm ci\n' },
  ],
  invalid: [
    {
      name: 'the home of root below another USER',
      code: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/root/.npm npm ci\n',
      findings: [{
        at: '--mount=type=cache,target=/root/.npm',
        message: '"target=/root/.npm" stays empty, because "npm ci", run as user "node", keeps its cache in /home/node/.npm: mount "target=/home/node/.npm,uid=1000,gid=1000" instead.',
        related: [{ at: 'npm ci' }],
      }],
      fixed: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 npm ci\n',
    },
    { name: 'the home of another user as root', code: 'FROM node:22\nRUN --mount=type=cache,target=/home/node/.npm npm ci\n', findings: [{ at: /home/, message: /keeps its cache in \/root\/\.npm: mount "target=\/root\/\.npm" instead/ }], fixed: 'FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n' },
    { name: 'a user whose home is not known, but is not root\'s', code: 'FROM python:3.13\nRUN useradd -m app\nUSER app\nRUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt\n', findings: [{ at: /root/, message: /runs as user "app", whose home is not \/root: mount the cache folder of that user instead\.$/ }], fixed: null },
    { name: 'a variable moves the cache away', code: inNode(mount('/root/.npm'), 'npm ci', 'ENV npm_config_cache=/tmp/npm\n'), findings: [{ at: /npm/, message: /in \/tmp\/npm \(set by npm_config_cache\)/ }], fixed: 'FROM node:22\nWORKDIR /app\nENV npm_config_cache=/tmp/npm\nCOPY package.json package-lock.json ./\nRUN --mount=type=cache,target=/tmp/npm npm ci\n' },
    { name: 'an option moves the cache away', code: inNode(mount('/root/.npm'), 'npm ci --cache /tmp/npm'), findings: [{ at: /npm/, message: /\(set by --cache\)/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN --mount=type=cache,target=/tmp/npm npm ci --cache /tmp/npm\n' },
    { name: 'cargo\'s home has moved in Rust\'s own image', code: 'FROM rust:1.90\nRUN --mount=type=cache,target=/root/.cargo/registry cargo fetch\n', findings: [{ at: /cargo/, message: /in \/usr\/local\/cargo\/registry/ }], fixed: 'FROM rust:1.90\nRUN --mount=type=cache,target=/usr/local/cargo/registry cargo fetch\n' },
    { name: 'Go without GOPATH', code: 'FROM alpine:3.22\nRUN --mount=type=cache,target=/go/pkg/mod go mod download\n', findings: [{ at: /pkg/, message: /in \/root\/go\/pkg\/mod/ }], fixed: 'FROM alpine:3.22\nRUN --mount=type=cache,target=/root/go/pkg/mod go mod download\n' },
    { name: 'a slip of the pen', code: 'FROM golang:1.25\nRUN --mount=type=cache,target=/go/mod/pkg go install example.com/tool@v1.0.0\n', findings: [{ at: /pkg/, message: /in \/go\/pkg\/mod/ }], fixed: 'FROM golang:1.25\nRUN --mount=type=cache,target=/go/pkg/mod go install example.com/tool@v1.0.0\n' },
    { name: 'yarn as root keeps its cache elsewhere', code: 'FROM node:22\nRUN --mount=type=cache,target=/root/.cache/yarn yarn install --frozen-lockfile\n', findings: [{ at: /yarn/, message: /in \/usr\/local\/share\/\.cache\/yarn/ }], fixed: 'FROM node:22\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install --frozen-lockfile\n' },
    { name: 'zypper\'s folder has another name', code: 'FROM opensuse/leap:15.6\nRUN --mount=type=cache,target=/var/cache/zypper zypper install -y curl\n', findings: [{ at: /zypper/, message: /in \/var\/cache\/zypp/ }], fixed: 'FROM opensuse/leap:15.6\nRUN --mount=type=cache,target=/var/cache/zypp zypper install -y curl\n' },
    { name: 'gems below BUNDLE_PATH', code: 'FROM ruby:3.4-slim\nENV BUNDLE_PATH=/usr/local/bundle\nRUN --mount=type=cache,target=/usr/local/bundle/cache bundle install\n', findings: [{ at: /bundle/, message: /^"target=\/usr\/local\/bundle\/cache" stays empty, because "bundle install" keeps its cache in \/usr\/local\/bundle\/ruby\/3\.4\.0\/cache \(set by BUNDLE_PATH\): mount "target=\/usr\/local\/bundle\/ruby\/3\.4\.0\/cache" instead\.$/ }], fixed: 'FROM ruby:3.4-slim\nENV BUNDLE_PATH=/usr/local/bundle\nRUN --mount=type=cache,target=/usr/local/bundle/ruby/3.4.0/cache bundle install\n' },
    { name: 'gems of Ruby\'s own image', code: 'FROM ruby:3.4\nRUN --mount=type=cache,target=/root/.gem bundle install\n', findings: [{ at: /gem/, message: /in \/root\/\.bundle\/cache|in \/usr\/local\/bundle\/cache/ }], fixed: 'FROM ruby:3.4\nRUN --mount=type=cache,target=/usr/local/bundle/cache bundle install\n' },
    { name: 'pnpm leaves a store in a folder that it cannot write to', code: 'FROM node:22\nUSER 1000\nRUN --mount=type=cache,target=/root/.pnpm-store pnpm install\n', findings: [{ at: /pnpm/, message: /add "--store-dir=\/pnpm\/store" and mount "target=\/pnpm\/store,uid=1000,gid=1000" instead\.$/ }], fixed: null },
    { name: 'pnpm of a known version', code: 'FROM node:22\nRUN npm i -g pnpm@9.11.0\nRUN --mount=type=cache,target=/root/.pnpm-store pnpm install\n', findings: [{ at: /pnpm/, message: /in \/root\/\.local\/share\/pnpm\/store/ }], fixed: 'FROM node:22\nRUN npm i -g pnpm@9.11.0\nRUN --mount=type=cache,target=/root/.local/share/pnpm/store pnpm install\n' },
    {
      name: 'the builder does not expand a tilde',
      code: dockerfile`
        FROM python:3.13
        WORKDIR /app
        RUN --mount=type=cache,target=~/.cache/pip pip install -r requirements.txt`,
      findings: [{ at: /~/, message: '"target=~/.cache/pip" is a folder called "~" in the image, because the builder does not expand it: write the home out, as in "target=/root/.cache/pip".' }],
      fixed: 'FROM python:3.13\nWORKDIR /app\nRUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt\n',
    },
    { name: 'owner, mode and order stay', code: 'FROM node:22\nUSER node\nRUN --mount=target=/root/.npm,type=cache,id=npm,sharing=locked npm ci\n', findings: [{ at: /npm/, message: /mount "target=/ }], fixed: 'FROM node:22\nUSER node\nRUN --mount=target=/home/node/.npm,type=cache,id=npm,sharing=locked,uid=1000,gid=1000 npm ci\n' },
    { name: 'cargo\'s folders one by one', code: 'FROM rust:1.90 AS build\nWORKDIR /src\nRUN --mount=type=cache,target=/root/.cargo/registry --mount=type=cache,target=/root/.cargo/git cargo build --release\nFROM debian:12\nCOPY --from=build /src/target/release/app /app\n', findings: [{ at: /registry/, message: /in \/usr\/local\/cargo\/registry / }, { at: /git/, message: /in \/usr\/local\/cargo\/git\/db / }], fixed: 'FROM rust:1.90 AS build\nWORKDIR /src\nRUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/usr/local/cargo/git/db cargo build --release\nFROM debian:12\nCOPY --from=build /src/target/release/app /app\n' },
    { name: 'no fix: a later step may need what was fetched', code: 'FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN --mount=type=cache,target=/root/go/pkg/mod go mod download\nCOPY . .\nRUN go build -o /app .\nCMD ["/app"]\n', findings: [{ at: /pkg/, message: /in \/go\/pkg\/mod/ }], fixed: null },
    { name: 'no fix: the RUN removes what would be mounted', code: inNode(mount('/home/node/.npm'), 'npm ci --cache /tmp/npm && rm -rf /tmp/npm'), findings: [{ at: /npm/, message: /\(set by --cache\)/ }], fixed: null },
    { name: 'no fix: the folder is copied out of the stage', code: 'FROM node:22 AS build\nRUN --mount=type=cache,target=/home/node/.npm npm ci\nFROM node:22\nCOPY --from=build /root/.npm /root/.npm\n', findings: [{ at: /npm/, message: /in \/root\/\.npm/ }], fixed: null },
    { name: 'no fix: a tilde of a user whose home is not known', code: 'FROM python:3.13\nRUN useradd -m app\nUSER app\nRUN --mount=type=cache,target=~/.cache/pip pip install -r requirements.txt\n', findings: [{ at: /~/, message: /"target=\/home\// }], fixed: null },
    { name: 'no fix: a mount in quotes', code: 'FROM node:22\nRUN --mount=type=cache,"target=/home/node/.npm" npm ci\n', findings: [{ at: /npm/, message: /in \/root\/\.npm/ }], fixed: null },
  ],
})
