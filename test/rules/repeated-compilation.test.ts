import { expect, test } from 'vitest'
import rule from '../../rules/repeated-compilation.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule, inputOf } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const dotnet = dockerfile`FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build
                          WORKDIR /src
                          COPY . .
                          RUN dotnet build app.csproj -c Release -o /app/build

                          FROM build AS publish
                          RUN dotnet publish app.csproj -c Release -o /app/publish

                          FROM mcr.microsoft.com/dotnet/aspnet:9.0
                          COPY --from=publish /app/publish .
                          ENTRYPOINT ["dotnet", "app.dll"]`
const published = dotnet.replace('RUN dotnet build app.csproj -c Release -o /app/build\n', '')
const maven = (first: string, second: string): string => `FROM maven:3\nWORKDIR /src\nCOPY . .\nRUN ${first}\nRUN ${second}\n`
const node = (first: string, second: string): string => `FROM node:22\nWORKDIR /app\nCOPY . .\nRUN ${first}\nRUN ${second}\n`
const scripts = (entries: object): Record<string, string> => ({ 'package.json': JSON.stringify({ scripts: entries }) })

ruleTester(rule, {
  valid: [
    { name: 'publish alone', code: dotnet.replace('RUN dotnet build app.csproj -c Release -o /app/build\n', '') },
    { name: 'publish takes what was built', code: dotnet.replace('/app/publish\n\n', '/app/publish --no-build\n\n') },
    { name: 'another configuration', code: dotnet.replace('build app.csproj -c Release', 'build app.csproj -c Debug') },
    { name: 'no configuration, which means different ones', code: dotnet.replace('build app.csproj -c Release', 'build app.csproj') },
    { name: 'another project', code: dotnet.replace('build app.csproj', 'build all.sln') },
    { name: 'another runtime', code: dotnet.replace('publish app.csproj', 'publish app.csproj -r linux-musl-x64') },
    { name: 'an architecture', code: dotnet.replace('publish app.csproj', 'publish app.csproj -a $TARGETARCH') },
    { name: 'properties that publish does not get', code: dotnet.replace('build app.csproj', 'build app.csproj -p:Version=1.2') },
    { name: 'tests in between', code: dotnet.replace('FROM build AS publish\n', 'FROM build AS publish\nRUN dotnet test app.csproj -c Release --no-build\n') },
    { name: 'tests in the same RUN', code: dotnet.replace('RUN dotnet publish', 'RUN dotnet test --no-build -c Release && dotnet publish') },
    { name: 'a stage for tests stands on the build', code: dotnet.replace('FROM build AS publish', 'FROM build AS test\nENTRYPOINT ["dotnet", "test"]\n\nFROM build AS publish') },
    { name: 'the output of the build is copied', code: dotnet.replace('COPY --from=publish', 'COPY --from=build /app/build /tools\nCOPY --from=publish') },
    { name: 'the output of the build is used', code: dotnet.replace('FROM build AS publish\n', 'FROM build AS publish\nRUN ls /app/build\n') },
    { name: 'files copied in between', code: dotnet.replace('FROM build AS publish\n', 'FROM build AS publish\nCOPY appsettings.json .\n') },
    { name: 'a script in between that no reader is sure of', code: dotnet.replace('FROM build AS publish\n', 'FROM build AS publish\nRUN if true; then x\n') },
    { name: 'restore, then publish', code: dotnet.replace('dotnet build app.csproj -c Release -o /app/build', 'dotnet restore app.csproj') },
    { name: 'the stage with the build is built itself', code: dotnet, input: { target: 'build' } },
    { name: 'Maven: sources come in between', code: maven('mvn compile', 'mvn clean package').replace('\nRUN mvn clean', '\nCOPY src src\nRUN mvn clean') },
    { name: 'Maven: no clean, so the second finds it done', code: maven('mvn compile', 'mvn package -DskipTests') },
    { name: 'Maven: another profile', code: maven('mvn -Pa package', 'mvn clean package -Pb') },
    { name: 'Maven: other modules', code: maven('mvn package -pl a', 'mvn clean package -pl b') },
    { name: 'Maven: a fetch before the build', code: maven('mvn dependency:go-offline', 'mvn clean package') },
    { name: 'Maven: the first goes further', code: maven('mvn install', 'mvn clean package') },
    { name: 'Maven: another folder', code: maven('cd a && mvn package', 'cd b && mvn clean package') },
    { name: 'Gradle: other tasks', code: maven('gradle a:build', 'gradle clean b:build') },
    { name: 'scripts that have nothing in common', code: node('npm run build:client', 'npm run build:server'), files: scripts({ 'build:client': 'a', 'build:server': 'b' }) },
    { name: 'scripts of unknown text', code: node('npm run build', 'npm run bundle') },
    { name: 'scripts with other settings', code: node('MODE=a npm run build', 'npm run bundle'), files: scripts({ build: 'tsc', bundle: 'npm run build && pack' }) },
    { name: 'scripts of other folders', code: node('cd a && npm run build', 'cd b && npm run bundle'), files: { 'b/package.json': '{"scripts":{"build":"tsc","bundle":"npm run build && pack"}}' } },
    { name: 'a script that starts it on one condition', code: node('npm run build', 'npm run bundle'), files: scripts({ build: 'tsc', bundle: 'test -d dist || npm run build' }) },
    { name: 'a stage that is not needed', code: `${dotnet}\nFROM alpine\nRUN true\n` },
    { name: 'Windows', code: dotnet.replaceAll(':9.0', ':9.0-nanoserver-ltsc2022') },
    { name: 'ONBUILD', code: 'FROM maven:3 AS base\nONBUILD RUN mvn package\nONBUILD RUN mvn clean package\nFROM base\nCMD ["a"]\n' },
  ],
  invalid: [
    {
      name: 'an argument that nothing else uses goes along', code: dotnet.replace('AS build\n', 'AS build\n# Debug or Release\nARG MODE=Release\n').replace('AS publish\n', 'AS publish\nARG MODE=Release\n').replaceAll('-c Release', '-c $MODE').replace('COPY . .\n', 'COPY app.csproj ./\nRUN dotnet restore app.csproj\nCOPY . .\n'),
      findings: [{ at: /dotnet build/, message: /./ }],
      fixed: published.replace('AS publish\n', 'AS publish\nARG MODE=Release\n').replaceAll('-c Release', '-c $MODE').replace('COPY . .\n', 'COPY app.csproj ./\nRUN dotnet restore app.csproj\nCOPY . .\n'),
    },
    { name: 'an argument that a stage inherits stays', code: dotnet.replace('AS build\n', 'AS build\nARG MODE=Release\n').replaceAll('-c Release', '-c $MODE'), findings: [{ at: /dotnet build/, message: /./ }], fixed: published.replace('AS build\n', 'AS build\nARG MODE=Release\n').replaceAll('-c Release', '-c $MODE') },
    { name: 'an argument that a script may read stays', code: dotnet.replace('AS build\n', 'AS build\nARG MODE=Release\n').replace('build app.csproj -c Release', 'build app.csproj -c Release -v $MODE').replace('COPY . .\n', 'COPY . .\nRUN ./generate.sh\n'), findings: [{ at: /dotnet build/, message: /./ }], fixed: published.replace('AS build\n', 'AS build\nARG MODE=Release\n').replace('COPY . .\n', 'COPY . .\nRUN ./generate.sh\n') },
    {
      code: dotnet,
      findings: [{
        at: 'dotnet build app.csproj -c Release -o /app/build', message: '"dotnet publish app.csproj -c Release -o /app/publ…" (line 7) builds the project by itself, so "dotnet build app.csproj -c Release -o /app/build" is another pass and a layer that nothing uses: leave it out.',
        related: [{ at: /^dotnet publish/ }],
      }],
      fixed: published,
    },
    { name: 'one RUN', code: dotnet.replace('\n\nFROM build AS publish\nRUN ', ' && ').replace('=publish', '=build'), findings: [{ at: /^dotnet build/, message: /leave it out/ }], fixed: published.replace('\nFROM build AS publish\n', '').replace('=publish', '=build') },
    { name: 'properties of publish alone', code: dotnet.replace('/app/publish\n\n', '/app/publish /p:UseAppHost=false --no-restore\n\n'), findings: [{ at: /^dotnet build/, message: /leave it out/ }], fixed: published.replace('/app/publish\n\n', '/app/publish /p:UseAppHost=false --no-restore\n\n') },
    { name: 'one unknown configuration', code: dotnet.replaceAll('-c Release', '-c $CONFIGURATION'), findings: [{ at: /^dotnet build/, message: /CONFIGURATION/ }], fixed: published.replaceAll('-c Release', '-c $CONFIGURATION') },
    { name: 'the project by another spelling', code: dotnet.replace('build app.csproj', 'build ./app.csproj').replace('publish app.csproj', 'publish "app.csproj"'), findings: [{ at: /^dotnet build/, message: /leave it out/ }], fixed: published.replace('publish app.csproj', 'publish "app.csproj"') },
    { name: 'Maven', code: maven('mvn -B package', 'mvn -B clean package -DskipTests'), findings: [{ at: 'mvn -B package', message: '"mvn -B package" is thrown away and built again by "mvn -B clean package -DskipTests" (line 5), which starts with a clean: leave out one of them, or the clean.' }], fixed: null },
    { name: 'Gradle', code: maven('gradle build', 'gradle clean build'), findings: [{ at: 'gradle build', message: /thrown away/ }], fixed: 'FROM maven:3\nWORKDIR /src\nCOPY . .\nRUN gradle clean build\n' },
    { name: 'a script that runs the other', code: node('npm run build', 'npm run bundle'), files: scripts({ build: 'tsc', bundle: 'npm run build && pack' }), findings: [{ at: 'npm run build', message: '"npm run bundle" (line 5) runs the script of "npm run build" again: leave the first one out.' }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm run bundle\n' },
    { name: 'by a third one', code: node('yarn build', 'yarn build:all'), files: scripts({ build: 'tsc', mid: 'yarn build', 'build:all': 'yarn mid && pack' }), findings: [{ at: 'yarn build', message: /again/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN yarn build:all\n' },
    { name: 'by a hook', code: node('npm run build', 'npm run bundle'), files: scripts({ build: 'tsc', prebundle: 'npm run build', bundle: 'pack' }), findings: [{ at: 'npm run build', message: /again/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm run bundle\n' },
    { name: 'fix: with what only prepares it', code: maven('cd app && mvn package', 'cd app && mvn clean package'), findings: [{ at: 'mvn package', message: /thrown away/ }], fixed: 'FROM maven:3\nWORKDIR /src\nCOPY . .\nRUN cd app && mvn clean package\n' },
    { name: 'fix: out of a chain over several lines', code: maven('mkdir /out && \\\n    mvn package && \\\n    echo built', 'mvn clean package'), findings: [{ at: 'mvn package', message: /thrown away/ }], fixed: 'FROM maven:3\nWORKDIR /src\nCOPY . .\nRUN mkdir /out && \\\n    echo built\nRUN mvn clean package\n' },
    { name: 'fix: the comment that is left alone goes as well', code: dotnet.replace('RUN dotnet build', '# compile\nRUN dotnet build'), findings: [{ at: /^dotnet build/, message: /leave it out/ }], fixed: published },
    { name: 'fix: line ends', code: dotnet.replaceAll('\n', '\r\n'), findings: [{ at: /^dotnet build/, message: /leave it out/ }], fixed: published.replaceAll('\n', '\r\n') },
    { name: 'no fix: a here-document', code: maven('<<EOF\nset -e\necho a\nmvn package\nEOF', 'mvn clean package'), findings: [{ at: 'mvn package', message: /thrown away/ }], fixed: null },
  ],
})

test.each([
  ['tests that only the first one runs', maven('mvn package', 'mvn clean package -DskipTests'), { noFix: '"mvn package" runs the tests, which "mvn clean package -DskipTests" skips' }],
  ['output of its own', dotnet, { fix: { assumes: 'nothing else uses what "dotnet build app.csproj -c Release -o /…" makes' } }],
  ['output in the same folder', dotnet.replace('-o /app/build', '-o /app/publish'), { fix: { assumes: '"dotnet publish app.csproj -c Release -o…" puts everything into /app/publish that is needed there' } }],
])('leaving out a build with %s', (_, code, expected) => {
  expect(lint(inputOf({ code }), [activeRule(rule)])[0]).toMatchObject(expected)
})

test.each([
  ['alone', 'RUN dotnet build -c Release\nRUN dotnet publish -c Release -o /out\n', 'Leave out "dotnet build -c Release"'],
  ['beside its like', 'RUN dotnet build -c Release && cd web && dotnet build -c Release && dotnet publish -c Release -o /out\n', 'Leave out the second "dotnet build -c Release" of "RUN dotnet build -c Release && cd web && dotnet build -c Release && dotnet publ…"'],
  ['in another RUN', 'RUN cd lib && dotnet build -c Release\nRUN dotnet build -c Release && dotnet publish -c Release -o /out\n', 'Leave out "dotnet build -c Release" of "RUN dotnet build -c Release && dotnet publish -c Release -o /out"'],
])('names the command: %s', (_, runs, title) => {
  const findings = lint(inputOf({ code: `FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build\nWORKDIR /src\nCOPY . .\n${runs}FROM mcr.microsoft.com/dotnet/aspnet:9.0\nCOPY --from=build /out /app\nENTRYPOINT ["dotnet", "/app/app.dll"]\n` }), [activeRule(rule)])
  expect(findings.map(({ fix }) => fix?.title)).toEqual([title])
})
