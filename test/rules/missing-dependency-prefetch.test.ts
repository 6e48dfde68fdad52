import rule from '../../rules/missing-dependency-prefetch.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const go = dockerfile`FROM golang:1.25 AS build
                      WORKDIR /src
                      COPY . .
                      RUN go build -o /app .
                      FROM scratch
                      COPY --from=build /app /app`
const module = { 'go.mod': 'module a\n', 'go.sum': 'golang.org/x/text v0.3.0 h1:abc=\n', 'main.go': '' }
const after = (command: string, image = 'debian'): string => `FROM ${image}\nWORKDIR /src\nCOPY . .\nRUN ${command}\n`
const pom = '<project><dependencies><dependency><artifactId>a</artifactId></dependency></dependencies></project>'
const csproj = '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="A" Version="1" /></ItemGroup></Project>'
const crate = { 'Cargo.toml': '[package]\nname = "a"\n', 'Cargo.lock': '[[package]]\nname = "b"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n', 'src/main.rs': '' }

/** The result of the usual fix. */
const fetched = (code: string): string => code.replace('COPY . .', 'COPY go.mod go.sum ./\nRUN go mod download\nCOPY . .')

ruleTester(rule, {
  valid: [
    { name: 'the command names a file that this context does not hold', code: 'FROM golang:1.25\nWORKDIR /src\nCOPY . .\nRUN go build -o server main.go\n', files: { 'go.mod': 'module a\n', 'go.sum': 'x', 'cmd/main.go': '' } },
    { name: 'the wrapper script is not in the context', code: 'FROM eclipse-temurin:21\nWORKDIR /src\nCOPY . .\nRUN ./mvnw package\n', files: { 'pom.xml': '<project><dependency/></project>', 'src/A.java': '' } },
    { name: 'a crate beside the folder', code: 'FROM rust:1\nCOPY app /src/app\nCOPY lib /src/lib\nRUN cd /src/app && cargo build --release\n', files: { 'app/Cargo.toml': '[dependencies.b]\npath = "../lib"\n', 'app/Cargo.lock': 'source = "registry"\n', 'app/src/main.rs': '', 'lib/Cargo.toml': '' } },
    { name: 'a fetch that was commented out', code: 'FROM mcr.microsoft.com/dotnet/sdk:9.0\nWORKDIR /src\n# RUN dotnet restore\nCOPY . .\nRUN dotnet publish -c Release\n', files: { 'a.csproj': '<Project><PackageReference/></Project>', 'a.cs': '' } },
    { name: 'fetched before', code: go.replace('COPY . .', 'COPY go.mod go.sum ./\nRUN go mod download\nCOPY . .'), files: module },
    { name: 'fetched in the same RUN, after the sources: the copy is reported', code: go.replace('go build', 'go mod download && go build'), files: module },
    { name: 'built before, from stubs', code: after('cargo build --release', 'rust:1.90').replace('COPY . .', 'COPY Cargo.toml Cargo.lock ./\nRUN mkdir src && echo "fn main() {}" > src/main.rs && cargo build --release\nCOPY . .'), files: crate },
    { name: 'module cache mounted', code: go.replace('RUN go', 'RUN --mount=type=cache,target=/go/pkg/mod go'), files: module },
    { name: 'sources are bound', code: go.replace('COPY . .\nRUN go', 'RUN --mount=type=bind,target=. go'), files: module },
    { name: 'vendored', code: go, files: { ...module, 'vendor/modules.txt': '' } },
    { name: 'vendored by option', code: go.replace('go build', 'go build -mod=vendor'), files: module },
    { name: 'no dependencies', code: go, files: { 'go.mod': 'module a\n', 'main.go': '' } },
    { name: 'an empty lock file', code: go, files: { ...module, 'go.sum': '' } },
    { name: 'a module replaced by a folder', code: go, files: { ...module, 'go.mod': 'module a\nreplace b => ./b\n' } },
    { name: 'a Go workspace', code: go, files: { ...module, 'go.work': 'use ./a\n' } },
    { name: 'the context is not known', code: go },
    { name: 'an install of a named tool', code: after('go install golang.org/x/tools/cmd/stringer@latest', 'golang:1.25'), files: module },
    { name: 'Maven modules', code: after('mvn package', 'maven:3'), files: { 'pom.xml': `${pom}<modules><module>a</module></modules>`, 'a/A.java': '' } },
    { name: 'a Maven parent outside', code: after('mvn package', 'maven:3'), files: { 'pom.xml': pom.replace('<project>', '<project><parent><relativePath>../pom.xml</relativePath></parent>'), 'a/A.java': '' } },
    { name: 'Maven offline', code: after('mvn -o package', 'maven:3'), files: { 'pom.xml': pom, 'src/A.java': '' } },
    { name: 'the goal that only fetches, incomplete as it is', code: after('mvn package', 'maven:3').replace('COPY . .', 'COPY pom.xml ./\nRUN mvn dependency:go-offline\nCOPY . .'), files: { 'pom.xml': pom, 'src/A.java': '' } },
    { name: 'Gradle has no goal of that kind', code: after('gradle build', 'gradle:9'), files: { 'build.gradle': 'dependencies { implementation "a:b:1" }', 'src/A.java': '' } },
    { name: 'dotnet restore', code: after('dotnet publish -c Release --no-restore', 'mcr.microsoft.com/dotnet/sdk:9.0').replace('COPY . .', 'COPY app.csproj ./\nRUN dotnet restore\nCOPY . .'), files: { 'app.csproj': csproj, 'a.cs': '' } },
    { name: 'a project that refers to one outside', code: after('cd web && dotnet publish -c Release', 'mcr.microsoft.com/dotnet/sdk:9.0'), files: { 'web/web.csproj': csproj.replace('</ItemGroup>', '<ProjectReference Include="..\\lib\\lib.csproj" /></ItemGroup>'), 'web/a.cs': '', 'lib/lib.csproj': csproj } },
    { name: 'no packages to restore', code: after('dotnet publish -c Release', 'mcr.microsoft.com/dotnet/sdk:9.0'), files: { 'app.csproj': '<Project/>', 'a.cs': '' } },
    { name: 'vendored crates', code: after('cargo build --release', 'rust:1.90'), files: { ...crate, 'vendor/b/Cargo.toml': '' } },
    { name: 'cargo-chef', code: after('cargo build --release', 'rust:1.90').replace('COPY . .', 'COPY recipe.json ./\nRUN cargo chef cook --release\nCOPY . .'), files: { ...crate, 'recipe.json': '' } },
    { name: 'no crates but its own', code: after('cargo build --release', 'rust:1.90'), files: { ...crate, 'Cargo.lock': '[[package]]\nname = "a"\n' } },
    { name: 'a copy of nothing but manifests', code: after('go build ./...', 'golang:1.25').replace('COPY . .', 'COPY go.mod go.sum ./'), files: module },
    { name: 'sources from a stage', code: dockerfile`FROM alpine AS sources
                                                    COPY . /src
                                                    FROM golang:1.25
                                                    WORKDIR /src
                                                    COPY --from=sources /src .
                                                    RUN go build ./...`, files: module },
    { name: 'pnpm that needs no sources: the copy is reported', code: after('pnpm install --frozen-lockfile', 'node:22'), files: { 'package.json': '{}', 'pnpm-lock.yaml': 'packages:\n', 'a.js': '' } },
    { name: 'pnpm fetch', code: after('pnpm install --offline', 'node:22').replace('COPY . .', 'COPY pnpm-lock.yaml ./\nRUN pnpm fetch\nCOPY . .'), files: { 'package.json': '{"scripts":{"prepare":"tsc"}}', 'pnpm-lock.yaml': 'packages:\n', 'a.js': '' } },
    { name: 'Maven settings that would have to be copied as well', code: after('mvn -s settings.xml package', 'maven:3'), files: { 'pom.xml': pom, 'settings.xml': '<settings/>', 'src/A.java': '' } },
    { name: 'npm has no such command', code: after('npm ci', 'node:22'), files: { 'package.json': '{"scripts":{"prepare":"tsc"}}', 'package-lock.json': '{}', 'a.js': '' } },
    { name: 'a stage that is not needed', code: `${after('go build ./...', 'golang:1.25')}FROM alpine\nRUN true\n`, files: module },
    { name: 'ONBUILD', code: 'FROM golang:1.25 AS base\nWORKDIR /src\nONBUILD COPY . .\nONBUILD RUN go build ./...\nFROM base\nCMD ["a"]\n', files: module },
    { name: 'a condition', code: after('if [ -n "$CI" ]; then go build ./...; fi', 'golang:1.25'), files: module },
    { name: 'Windows', code: after('go build ./...', 'golang:1.25-windowsservercore-ltsc2022'), files: module },
  ],
  invalid: [
    {
      code: go, files: module,
      findings: [{
        at: 'go build -o /app .', message: '"go build -o /app ." fetches all dependencies again when any of 4 context files changes: copy go.mod and go.sum and run "go mod download" above "COPY . ." (line 3).',
        related: [{ at: 'COPY . .', message: 'manifests and sources come in together' }],
      }],
      fixed: fetched(go),
    },
    { name: 'the cache folder is an output (precision 11): a fetch step is advised, never a mount', code: go.replace('COPY --from=build /app /app', 'COPY --from=build /go/pkg/mod /mod'), files: module, findings: [{ at: 'go build -o /app .', message: /^(?!.*mount).*run "go mod download"/ }], fixed: fetched(go.replace('COPY --from=build /app /app', 'COPY --from=build /go/pkg/mod /mod')) },
    { name: 'one finding for two builds', code: go.replace('RUN go build -o /app .', 'RUN go build -o /app .\nRUN go build -o /b ./b'), files: module, findings: [{ at: 'go build -o /app .', message: /go mod download/ }], fixed: fetched(go.replace('RUN go build -o /app .', 'RUN go build -o /app .\nRUN go build -o /b ./b')) },
    { name: 'another tool was installed before', code: go.replace('COPY . .', 'RUN go install golang.org/x/tools/cmd/stringer@latest\nCOPY . .'), files: module, findings: [{ at: 'go build -o /app .', message: /go mod download/ }], fixed: null },
    { name: 'cargo cooks', code: after('cargo build --release', 'rust:1.90'), files: crate, findings: [{ at: 'cargo build --release', message: /fetches and compiles all dependencies again .* "cargo chef cook" from the recipe that "cargo chef prepare" makes in a stage of its own\.$/ }], fixed: null },
    { name: 'a cargo workspace, which cargo-chef knows', code: after('cargo build --release', 'rust:1.90'), files: { ...crate, 'Cargo.toml': '[workspace]\nmembers = ["a"]\n' }, findings: [{ at: 'cargo build --release', message: /cargo chef/ }], fixed: null },
    { name: 'the Maven wrapper', code: after('./mvnw -B package', 'eclipse-temurin:21'), files: { 'pom.xml': pom, mvnw: '', '.mvn/wrapper/maven-wrapper.properties': '', 'src/A.java': '' }, findings: [{ at: './mvnw -B package', message: /copy pom\.xml, mvnw and \.mvn\/wrapper\/maven-wrapper\.properties and run "\.\/mvnw dependency:go-offline"/ }], fixed: after('./mvnw -B package', 'eclipse-temurin:21').replace('COPY', 'COPY pom.xml mvnw ./\nCOPY .mvn/ ./.mvn/\nRUN ./mvnw dependency:go-offline\nCOPY') },
    { name: '.NET', code: after('dotnet publish -c Release -o /out', 'mcr.microsoft.com/dotnet/sdk:9.0'), files: { 'app.csproj': csproj, 'a.cs': '' }, findings: [{ at: 'dotnet publish -c Release -o /out', message: /copy app\.csproj and run "dotnet restore"/ }], fixed: after('dotnet publish -c Release -o /out', 'mcr.microsoft.com/dotnet/sdk:9.0').replace('COPY', 'COPY app.csproj ./\nRUN dotnet restore\nCOPY') },
    { name: 'pnpm with a hook that needs the sources', code: after('pnpm install --frozen-lockfile', 'node:22'), files: { 'package.json': '{"scripts":{"prepare":"tsc"}}', 'pnpm-lock.yaml': 'packages:\n', '.npmrc': '', 'a.js': '' }, findings: [{ at: 'pnpm install --frozen-lockfile', message: /copy pnpm-lock\.yaml and \.npmrc and run "pnpm fetch" above/ }], fixed: after('pnpm install --frozen-lockfile', 'node:22').replace('COPY', 'COPY pnpm-lock.yaml .npmrc ./\nRUN pnpm fetch\nCOPY') },
    { name: 'a setting of the lock file that newer versions of pnpm do not find', code: after('pnpm install --frozen-lockfile', 'node:22'), files: { 'package.json': '{"scripts":{"prepare":"tsc"}}', 'pnpm-lock.yaml': 'settings:\n  autoInstallPeers: false\n\npackages:\n', '.npmrc': 'auto-install-peers=false\n', 'a.js': '' }, findings: [{ at: 'pnpm install --frozen-lockfile', message: /run "pnpm fetch" above/ }], fixed: null },
    { name: 'pnpm of the version that the manifest names', code: after('pnpm install --frozen-lockfile', 'node:22'), files: { 'package.json': '{"packageManager":"pnpm@10.33.4","scripts":{"prepare":"tsc"}}', 'pnpm-lock.yaml': 'packages:\n', 'a.js': '' }, findings: [{ at: 'pnpm install --frozen-lockfile', message: /copy package\.json and pnpm-lock\.yaml and run "pnpm fetch" above/ }], fixed: after('pnpm install --frozen-lockfile', 'node:22').replace('COPY', 'COPY package.json pnpm-lock.yaml ./\nRUN pnpm fetch\nCOPY') },
    { name: 'pnpm of that version, installed by the Dockerfile', code: after('pnpm install --frozen-lockfile', 'node:22').replace('COPY . .', 'RUN corepack prepare pnpm@10.33.4 --activate\nCOPY . .'), files: { 'package.json': '{"packageManager":"pnpm@10.33.4","scripts":{"prepare":"tsc"}}', 'pnpm-lock.yaml': 'packages:\n', 'a.js': '' }, findings: [{ at: 'pnpm install --frozen-lockfile', message: /copy pnpm-lock\.yaml and run "pnpm fetch" above/ }], fixed: after('pnpm install --frozen-lockfile', 'node:22').replace('COPY', 'RUN corepack prepare pnpm@10.33.4 --activate\nCOPY pnpm-lock.yaml ./\nRUN pnpm fetch\nCOPY') },
    ...(['{"scripts":{"prepare":"tsc"},"pnpm":{"onlyBuiltDependencies":["bcrypt"]}}', '{"pnpm":{"overrides":{},"neverBuiltDependencies":["fsevents"]},"scripts":{"prepare":"tsc"}}'].map(manifest => ({ name: `pnpm settings that a fetch would miss: ${manifest}`, code: after('pnpm install --frozen-lockfile', 'node:22'), files: { 'package.json': manifest, 'pnpm-lock.yaml': 'packages:\n', 'a.js': '' }, findings: [{ at: 'pnpm install --frozen-lockfile', message: /pnpm fetch/ }], fixed: null }))),
    { name: 'pnpm settings in the file that is copied', code: after('pnpm install --frozen-lockfile', 'node:22'), files: { 'package.json': '{"scripts":{"prepare":"tsc"},"pnpm":{"overrides":{"a":"1"}}}', 'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - bcrypt\n', 'pnpm-lock.yaml': 'packages:\n', 'a.js': '' }, findings: [{ at: 'pnpm install --frozen-lockfile', message: /pnpm fetch/ }], fixed: after('pnpm install --frozen-lockfile', 'node:22').replace('COPY', 'COPY pnpm-lock.yaml pnpm-workspace.yaml ./\nRUN pnpm fetch\nCOPY') },
    {
      name: 'above arguments of the build that the fetch does not use', code: 'FROM golang:1.25\nWORKDIR /src\n\n# of the release\nARG APP_VERSION=0.1.0\nENV APP_VERSION=$APP_VERSION\n\n# the sources\nCOPY . .\nRUN go build -ldflags "-X main.version=$APP_VERSION" .\n', files: module, findings: [{ at: /^go build/, message: /go mod/ }],
      fixed: 'FROM golang:1.25\nWORKDIR /src\n\nCOPY go.mod go.sum ./\nRUN go mod download\n\n# of the release\nARG APP_VERSION=0.1.0\nENV APP_VERSION=$APP_VERSION\n\n# the sources\nCOPY . .\nRUN go build -ldflags "-X main.version=$APP_VERSION" .\n',
    },
    { name: 'a source file that the build names', code: go.replace('/app .', '/app main.go'), files: module, findings: [{ at: /^go build/, message: /copy go\.mod and go\.sum and run/ }], fixed: fetched(go.replace('/app .', '/app main.go')) },
    { name: 'below arguments that it uses, and settings alone', code: 'FROM golang:1.25\nENV APP=1\nARG GOPROXY\nENV NAME=b\nCOPY . /src\nWORKDIR /src\nRUN go build .\n', files: module, findings: [{ at: /^go build/, message: /go mod/ }], fixed: 'FROM golang:1.25\nENV APP=1\nARG GOPROXY\nENV NAME=b\nCOPY go.mod go.sum /src/\nWORKDIR /src\nRUN go mod download\nCOPY . /src\nRUN go build .\n' },
    { name: 'Maven keeps the options for the network', code: after('mvn -Dhttps.protocols=TLSv1.2 -DskipTests package', 'maven:3'), files: { 'pom.xml': pom, 'src/A.java': '' }, findings: [{ at: 'mvn -Dhttps.protocols=TLSv1.2 -DskipTests package', message: /run "mvn -Dhttps\.protocols=TLSv1\.2 dependency:go-offline" above/ }], fixed: after('mvn -Dhttps.protocols=TLSv1.2 -DskipTests package', 'maven:3').replace('COPY', 'COPY pom.xml ./\nRUN mvn -Dhttps.protocols=TLSv1.2 dependency:go-offline\nCOPY') },
    { name: 'a folder of the context', code: after('cd web && go build ./...', 'golang:1.25'), files: { 'web/go.mod': '', 'web/go.sum': 'a v1 h1:b=\n', 'web/main.go': '' }, findings: [{ at: 'go build ./...', message: /copy web\/go\.mod and web\/go\.sum/ }], fixed: after('cd web && go build ./...', 'golang:1.25').replace('COPY', 'COPY web/go.mod web/go.sum ./web/\nRUN cd /src/web && go mod download\nCOPY') },
    {
      name: 'WORKDIR and variables between: the copy moves, with its comment', code: 'FROM golang:1.25\n\n# the sources\nCOPY ./ /src/\nWORKDIR /src\nENV GOPROXY=https://proxy.example.com\n\n# compile\nRUN CGO_ENABLED=0 GOFLAGS=-mod=mod go build .\n', files: module,
      findings: [{ at: /go build/, message: /go mod download/ }],
      fixed: 'FROM golang:1.25\n\nCOPY go.mod go.sum /src/\nWORKDIR /src\nENV GOPROXY=https://proxy.example.com\n\nRUN GOFLAGS=-mod=mod go mod download\n\n# the sources\nCOPY ./ /src/\n\n# compile\nRUN CGO_ENABLED=0 GOFLAGS=-mod=mod go build .\n',
    },
    { name: 'cd in the script', code: after('cd /src && mvn package', 'maven:3').replace('WORKDIR /src\nCOPY . .', 'COPY . /src'), files: { 'pom.xml': pom, 'A.java': '' }, findings: [{ at: /^mvn/, message: /go-offline/ }], fixed: 'FROM maven:3\nCOPY pom.xml /src/\nRUN cd /src && mvn dependency:go-offline\nCOPY . /src\nRUN cd /src && mvn package\n' },
    { name: 'a project by its name, for a system', code: after('dotnet publish app.csproj -c Release -r linux-musl-x64', 'mcr.microsoft.com/dotnet/sdk:9.0'), files: { 'app.csproj': csproj, 'a.cs': '' }, findings: [{ at: /^dotnet/, message: /dotnet restore/ }], fixed: after('dotnet publish app.csproj -c Release -r linux-musl-x64', 'mcr.microsoft.com/dotnet/sdk:9.0').replace('COPY', 'COPY app.csproj ./\nRUN dotnet restore app.csproj -r linux-musl-x64\nCOPY') },
    { name: 'lower case, CRLF, no final newline, a copy for a user', code: 'from golang:1.25\r\nworkdir /src\r\n\r\n# all\r\ncopy --chown=1000 . .\r\nrun go build .', files: module, findings: [{ at: 'go build .', message: /go mod/ }], fixed: 'from golang:1.25\r\nworkdir /src\r\n\r\ncopy --chown=1000 go.mod go.sum ./\r\nrun go mod download\r\n\r\n# all\r\ncopy --chown=1000 . .\r\nrun go build .' },
    ...([
      ['the sources are in the stage below', go.replace('RUN', 'FROM build AS app\nRUN').replace('--from=build', '--from=app')],
      ['a private repository', go.replace('RUN', 'RUN git config --global url."https://git.example.com/".insteadOf "git://" &&')],
      ['a secret', go.replace('RUN', 'RUN --mount=type=ssh')],
      ['a variable of the script', go.replace('RUN', 'RUN export GOPROXY=direct &&')],
      ['a user who comes later, and what needs the sources', go.replace('RUN', 'RUN ./generate.sh\nUSER 1000\nRUN')],
    ] as const).map(([name, code]) => ({ name, code, files: module, findings: [{ at: /go build/, message: /go mod/ }], fixed: null })),
    { name: 'a Maven dependency in the project', code: after('mvn package', 'maven:3'), files: { 'pom.xml': pom.replace('</artifactId>', '</artifactId><systemPath>lib/a.jar</systemPath>'), 'A.java': '' }, findings: [{ at: 'mvn package', message: /go-offline/ }], fixed: null },
  ],
})
