import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/sdk-image-as-final-base.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const jar = (from: string, command = 'ENTRYPOINT ["java", "-jar", "/app.jar"]'): string => dockerfile`
  FROM ${from}
  COPY target/app.jar /app.jar
  ${command}`
const go = (command: string, ...lines: readonly string[]): string => ['FROM golang:1.25', 'WORKDIR /src', 'COPY . .', ...lines, 'RUN go build -o /usr/local/bin/server .', command, ''].join('\n')

ruleTester(rule, {
  valid: [
    ...['eclipse-temurin:21-jre', 'eclipse-temurin:21-jre-alpine', 'gcr.io/distroless/java21-debian13', 'acme/jdk:21', 'scratch', 'swift:6.0-slim', 'mcr.microsoft.com/dotnet/aspnet:8.0'].map(from =>
      ({ name: `no SDK, or none that is known: ${from}`, code: jar(from) })),
    ...[
      'CMD ["go", "run", "."]', 'CMD go run main.go', 'ENTRYPOINT ["air"]', 'CMD ["dlv", "exec", "/server"]', 'CMD ["make", "test"]', 'CMD ["bash"]', 'CMD ["sh", "-c", "go generate ./... && server"]', 'CMD ["sleep", "1"]',
      'ENTRYPOINT ["/usr/bin/tini", "--", "go", "test"]', 'CMD ["go-wrapper", "run"]',
    ].map(command => ({ name: `the tool is started, or nothing that was built: ${command}`, code: go(command) })),
    ...['CMD ["mvn", "spring-boot:run"]', 'CMD ./mvnw jetty:run', 'ENTRYPOINT ["gradle", "bootRun"]', 'CMD ["./gradlew", "run"]', 'CMD ["bin/kafka-manager"]'].map(command =>
      ({ name: `the build tool is started, or a launcher nobody can read: ${command}`, code: jar('maven:3.9-eclipse-temurin-21', command) })),
    ...['CMD ["dotnet", "run"]', 'CMD ["dotnet", "watch", "--project", "app.dll"]', 'ENTRYPOINT dotnet test app.dll'].map(command =>
      ({ name: `needs the SDK: ${command}`, code: jar('mcr.microsoft.com/dotnet/sdk:8.0', command) })),
    ...['ENTRYPOINT ["java", "--add-modules", "jdk.compiler", "-jar", "/app.jar"]', 'CMD ["sh", "-c", "jcmd 1 VM.version; java -jar /app.jar"]', 'CMD java -cp /usr/lib/jvm/lib/tools.jar Main', 'CMD ["jshell"]'].map(command =>
      ({ name: `needs the JDK: ${command}`, code: jar('eclipse-temurin:21', command) })),
    { name: 'a health check that needs the JDK', code: jar('eclipse-temurin:21').replace('ENTRYPOINT', 'HEALTHCHECK CMD jps | grep app\nENTRYPOINT') },
    { name: 'cargo run', code: 'FROM rust:1\nCOPY . .\nCMD ["cargo", "run", "--release"]\n' },
    { name: 'a script that compiles', code: go('ENTRYPOINT ["./start.sh"]'), files: { 'start.sh': '#!/bin/sh\ngo build -o /server . && exec /server\n', 'go.mod': '' } },
    { name: 'a script nobody can read', code: go('ENTRYPOINT ["./start.sh"]') },
    { name: 'a file of the context, which may be a script', code: go('ENTRYPOINT ["hack/dind"]') },
    { name: 'a script that runs what it is given', code: go('ENTRYPOINT ["hack/dind"]'), files: { 'hack/dind': '#!/bin/bash\nexec "$@"\n' } },
    { name: 'a tool image: nothing is said to start', code: dockerfile`
        FROM golang:1.25
        COPY . .
        RUN go install ./...` },
    { name: 'a tool image: nothing is copied in', code: dockerfile`
        FROM golang:1.25
        RUN go install golang.org/x/tools/gopls@latest
        ENTRYPOINT ["gopls"]` },
    { name: 'a language image builds on it', code: dockerfile`
        FROM buildpack-deps:bookworm
        COPY docker-entrypoint.sh /usr/local/bin/
        ENTRYPOINT ["docker-entrypoint.sh"]
        CMD ["node"]` },
    { name: 'the SDK only builds', code: dockerfile`
        FROM golang:1.25 AS build
        COPY . .
        RUN go build -o /server .
        FROM gcr.io/distroless/static-debian13
        COPY --from=build /server /server
        ENTRYPOINT ["/server"]` },
    { name: 'never built', code: dockerfile`
        FROM golang:1.25
        COPY . .
        CMD ["/server"]
        FROM alpine:3.22
        CMD ["sh"]` },
    { name: 'a development container', path: '.devcontainer/Dockerfile', code: go('CMD ["server"]') },
    { name: 'a target for tests', target: 'test', code: dockerfile`
        FROM golang:1.25 AS test
        COPY . .
        CMD ["/server"]
        FROM scratch
        COPY --from=test /server /` },
    { name: 'tests run where it ships', code: go('CMD ["server"]', 'RUN go test ./...') },
    { name: 'an image that builds', path: 'docker/builder.Dockerfile', code: go('CMD ["server"]') },
    { name: 'a target that builds', target: 'build', code: dockerfile`
        FROM golang:1.25 AS build
        COPY . .
        CMD ["/server"]
        FROM scratch
        COPY --from=build /server /` },
    { name: 'a base of other images', code: go('CMD ["server"]', 'ONBUILD COPY . .') },
    { name: 'a comment says why', code: `# The JDK: lessons compile Java at run time.\n${jar('eclipse-temurin:21')}` },
    { name: 'a program that builds Go', code: go('CMD ["server"]', 'ENV GOROOT_BOOTSTRAP=/usr/local/go') },
    { name: 'the compiler of the graphics card may be wanted at run time', code: dockerfile`
        FROM nvidia/cuda:12.4.1-devel-ubuntu22.04
        COPY . .
        CMD ["python3", "serve.py"]` },
    { name: 'a Swift program without a runtime image that fits', code: 'FROM swift:4.2\nCOPY . .\nRUN swift build -c release\nCMD [".build/release/app"]\n' },
    { name: 'the folder is called after the release', path: 'j2ee/8u222/Dockerfile', code: jar('openjdk:8u222-jdk') },
    { name: 'packages of Alpine, whose runtime lacks the shell of the script', code: jar('maven:3.3.9-jdk-8-alpine', 'ENTRYPOINT ["/start.sh"]\nCMD java -jar /app.jar').replace('COPY', 'RUN apk add --no-cache mysql-client\nCOPY start.sh /\nCOPY'), files: { 'start.sh': '#!/bin/bash\nexec "$@"\n' } },
    { name: 'Windows', code: jar('golang:1.25-nanoserver', 'CMD ["server.exe"]') },
    { name: 'an argument without a value', code: `ARG JDK\n${jar('eclipse-temurin:${JDK}')}` },
  ],
  invalid: [
    {
      code: jar('eclipse-temurin:21'),
      findings: [{
        at: 'eclipse-temurin:21', message: /^The image ships on `eclipse-temurin:21` \(JDK\) but starts only `java`: `eclipse-temurin:21-jre` saves 103 MB \(no compiler and JDK tools\)\.$/,
        related: [{ at: 'ENTRYPOINT ["java", "-jar", "/app.jar"]' }],
      }],
      fixed: jar('eclipse-temurin:21-jre'),
    },
    {
      name: 'compiled in the same stage: no fix',
      code: dockerfile`
        FROM eclipse-temurin:21-jdk
        COPY . .
        RUN ./gradlew bootJar
        CMD exec java $JAVA_OPTS -agentlib:jdwp=transport=dt_socket,server=y -jar build/libs/app.jar`,
      findings: [{ at: 'eclipse-temurin:21-jdk', message: /^The image ships on `eclipse-temurin:21-jdk` \(JDK\), which only the build needs: `eclipse-temurin:21-jre` as the last stage, with the result copied in, saves/ }],
      fixed: null,
    },
    {
      name: 'packages of Alpine',
      code: jar('maven:3.3.9-jdk-8-alpine').replace('COPY', 'RUN apk add --no-cache mysql-client\nCOPY'),
      findings: [{ at: 'maven:3.3.9-jdk-8-alpine', message: /starts only `java`: `eclipse-temurin:8-jre-alpine` would do/ }],
      fixed: null,
    },
    {
      name: 'compiled by hand: a runtime image alone would not do',
      code: 'FROM openjdk:8\nWORKDIR /app\nCOPY . .\nRUN javac Hello.java\nENTRYPOINT ["java", "Hello"]\n',
      findings: [{ at: 'openjdk:8', message: /which only the build needs: `eclipse-temurin:8-jre` as the last stage, with the result copied in, would do/ }],
      fixed: null,
    },
    {
      name: 'another image holds the runtime: no fix',
      code: jar('openjdk:17-jdk'),
      findings: [{ at: 'openjdk:17-jdk', message: /`eclipse-temurin:17-jre` would do/ }],
      fixed: null,
    },
    {
      name: 'a digest, or a version from an argument: no fix',
      code: `ARG JDK=21\n${jar('eclipse-temurin:${JDK}')}`,
      findings: [{ at: 'eclipse-temurin:${JDK}', message: /^The image ships on `eclipse-temurin:\$\{JDK\}` \(`eclipse-temurin:21`, JDK\) but/ }],
      fixed: null,
    },
    {
      name: 'the license above the FROM explains nothing',
      code: `# Licensed under the Apache License; required by applicable law, in compliance with it.\n${jar('openjdk:17')}`,
      findings: [{ at: 'openjdk:17', message: /eclipse-temurin:17-jre/ }],
      fixed: null,
    },
    ...[
      ['maven:3.9-eclipse-temurin-21', 'CMD ["sh", "-c", "java -jar target/app.jar"]', /build tool with JDK\) but starts only `java`: `eclipse-temurin:21-jre` \S+ /],
      ['mcr.microsoft.com/dotnet/sdk:8.0', 'ENTRYPOINT ["dotnet", "Shop.dll"]', /\(SDK\).*`mcr.microsoft.com\/dotnet\/aspnet:8.0` as the last stage, with the result copied in, saves 226 MB/],
      ['rust:1-bookworm', 'CMD ["./shop"]', /`gcr.io\/distroless\/cc-debian13:latest`/],
    ].map(([from, command, message]) => ({ name: String(from), code: jar(String(from), String(command)), findings: [{ at: String(from), message: message as RegExp }], fixed: null })),
    {
      code: go('ENTRYPOINT ["/usr/local/bin/server"]', 'RUN apt-get update && apt-get install -y git'),
      findings: [{ at: 'golang:1.25', message: /^The image ships on `golang:1.25` \(compiler\), which only the build needs: `gcr.io\/distroless\/static-debian13:latest` as the last stage, with the result copied in, saves at least about 303 MB \(final stage for CGO_ENABLED=0 binaries; no shell and no package manager\)\.$/ }],
      fixed: null,
    },
    ...[go('CMD server'), go('CMD ["server"]', 'RUN apt-get update && apt-get install -y rpm'), go('CMD ["server"]', 'RUN apt-get update && apt-get install -y libpcap-dev')].map((code, index) => ({
      name: `it wants a shell, packages or libraries (${index})`, code, findings: [{ at: 'golang:1.25', message: /a slim distribution image as the last stage, with the result copied in, would do\.$/ }], fixed: null,
    })),
    {
      name: 'with a shell where the table has one',
      code: go('CMD server').replace('golang:1.25', 'golang:1.25-alpine'),
      findings: [{ at: 'golang:1.25-alpine', message: /`alpine:latest` as the last stage/ }],
      fixed: null,
    },
    { name: 'Swift, with its own runtime image', code: 'FROM swift:5.3\nCOPY . .\nRUN swift build -c release\nCMD [".build/release/app"]\n', findings: [{ at: 'swift:5.3', message: /`swift:5\.3-slim` as the last stage/ }], fixed: null },
    {
      name: 'a script that starts what was built',
      code: go('ENTRYPOINT ["./start.sh"]\nCMD ["/usr/local/bin/server"]'),
      files: { 'start.sh': '#!/bin/sh\n# go build is done\nexec "$@"\n' },
      findings: [{ at: 'golang:1.25', message: /a slim distribution image/, related: [{ at: 'ENTRYPOINT ["./start.sh"]' }] }],
      fixed: null,
    },
  ],
})

test('the saving is what it costs', () => {
  const [finding] = lint(inputOf({ code: jar('eclipse-temurin:21') }), [activeRule(rule)])
  expect(finding?.cost?.seconds).toBe(0)
  expect(finding?.cost?.bytes).toBeGreaterThan(100_000_000)
})

test('says what the fix assumes, or why there is none', () => {
  const said = (code: string): unknown => {
    const [finding] = lint(inputOf({ code }), [activeRule(rule)])
    return finding?.fix?.assumes ?? finding?.noFix
  }
  expect(said(jar('eclipse-temurin:21'))).toBe('the program calls neither the compiler nor the diagnostic tools of the JDK')
  expect(said(jar('openjdk:17-jdk'))).toBe('`eclipse-temurin:17-jre` is the image of another project')
  expect(said(`ARG JDK=21\n${jar('eclipse-temurin:${JDK}')}`)).toBe('`eclipse-temurin:${JDK}` is put together from an argument')
  expect(said(jar(`eclipse-temurin:21@sha256:${'a'.repeat(64)}`))).toBe('the digest of `eclipse-temurin:21-jre` is not known without the registry')
  expect(said(go('CMD ["server"]'))).toBe('what the SDK builds has to move into a stage of its own')
})
