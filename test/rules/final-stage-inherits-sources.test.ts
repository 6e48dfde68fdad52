import rule from '../../rules/final-stage-inherits-sources.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const inherits = dockerfile`FROM alpine:3.22 AS build
                            RUN apk add --no-cache go
                            WORKDIR /src
                            COPY . .
                            RUN go build -o /usr/local/bin/app ./cmd/app

                            FROM build
                            USER nobody
                            ENTRYPOINT ["/usr/local/bin/app"]`
const project = { 'go.mod': '', 'cmd/app/main.go': '' }

ruleTester(rule, {
  valid: [
    { name: 'only the result is copied', code: inherits.replace('FROM build\n', 'FROM alpine:3.22\nCOPY --from=build /usr/local/bin/app /usr/local/bin/app\n'), files: project },
    { name: 'one stage', code: inherits.replace('\nFROM build\n', ''), files: project },
    { name: 'an interpreted program', code: inherits.replace('RUN go build -o /usr/local/bin/app ./cmd/app', 'RUN npm ci').replace('/usr/local/bin/app', 'node", "a.js'), files: { 'package.json': '{}', 'a.js': '' } },
    { name: 'the tool that builds is started', code: inherits.replace('"/usr/local/bin/app"', '"go", "run", "./cmd/app"'), files: project },
    { name: 'a narrow copy', code: inherits.replace('COPY . .', 'COPY cmd ./cmd'), files: project },
    { name: 'nothing is compiled', code: inherits.replace('go build -o /usr/local/bin/app ./cmd/app', 'cp app /usr/local/bin/app'), files: project },
    { name: 'tests are run, nothing is made', code: inherits.replace('go build -o /usr/local/bin/app ./cmd/app', 'go test ./...'), files: project },
    { name: 'the program may read templates', code: inherits, files: { ...project, 'templates/a.txt': '' } },
    { name: 'the program may run migrations', code: inherits, files: { ...project, 'a.sql': '' } },
    { name: 'the context is not known', code: inherits },
    { name: 'the base is an SDK: told with the image to use instead', code: inherits.replace('alpine:3.22', 'golang:1.25').replace('RUN apk add --no-cache go\n', ''), files: project },
    { name: 'an image for development', code: inherits.replace('FROM build\n', 'FROM build AS dev\n'), files: project },
    { name: 'the last stage brings files of its own', code: inherits.replace('FROM build\n', 'FROM build\nCOPY run.sh /\n'), files: { ...project, 'run.sh': '' } },
    { name: 'Windows', code: inherits.replace('alpine:3.22', 'mcr.microsoft.com/windows/servercore:ltsc2022'), files: project },
    { name: 'ONBUILD', code: inherits.replace('COPY . .', 'ONBUILD COPY . .'), files: project },
  ],
  invalid: [
    {
      code: inherits, files: project,
      findings: [{
        at: 'FROM build', message: '"FROM build" ships all layers of stage "build", with the sources of "COPY . ." (line 4) and the tools that compiled them, though only the result of "go build -o /usr/local/bin/app ./cmd/app" is started: start from a plain image and copy that result with COPY --from=build.',
        related: [{ at: 'COPY . .' }, { at: 'go build -o /usr/local/bin/app ./cmd/app' }],
      }],
    },
    { name: 'Rust, through another stage', code: inherits.replace('apk add --no-cache go', 'apk add --no-cache cargo').replace('go build -o /usr/local/bin/app ./cmd/app', 'cargo build --release').replace('FROM build\n', 'FROM build AS middle\nUSER app\n\nFROM middle\n').replace('"/usr/local/bin/app"', '"/src/target/release/app"'), files: { 'Cargo.toml': '', 'src/main.rs': '' }, findings: [{ at: 'FROM middle', message: /cargo build/ }] },
  ],
})
