import rule from '../../rules/build-tools-in-final-stage.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const install = 'RUN apt-get update && apt-get install -y build-essential && rm -rf /var/lib/apt/lists/*'
const pip = 'RUN pip install -r requirements.txt'
const fine = (name: string, ...lines: readonly string[]): { readonly name: string; readonly code: string } => ({ name, code: `FROM python:3.13-slim\n${lines.join('\n')}\n` })
const run = 'CMD ["python", "app.py"]'

ruleTester(rule, {
  valid: [
    { name: 'in a stage of its own', code: dockerfile`
      FROM python:3.13-slim AS build
      RUN apt-get update && apt-get install -y build-essential
      RUN pip install -r requirements.txt
      FROM python:3.13-slim
      COPY --from=build /venv /venv
      CMD ["python", "app.py"]` },
    fine('a virtual package of the same RUN', 'RUN apk add --virtual .build gcc musl-dev && pip install x && apk del .build', run),
    fine('removed in the same RUN', 'RUN apt-get update && apt-get install -y gcc && pip install x && apt-get purge -y --auto-remove gcc', run),
    fine('removed with what came along', 'RUN apt-get update && apt-get install -y gcc && pip install x && apt-get purge -y gcc && apt-get autoremove -y', run),
    fine('removed by a name nobody knows', 'RUN apt-get update && apt-get install -y gcc && pip install x && apt-get purge -y $DEPS', run),
    fine('removed later: that is what cleanup-in-later-layer says', install, pip, 'RUN apt-get purge -y build-essential', run),
    { name: 'the base holds compilers anyway', code: `FROM python:3.13\n${install}\n${pip}\n${run}\n` },
    { name: 'an image for building', code: `FROM golang:1.26\nRUN apt-get update && apt-get install -y gcc\nRUN go build -o /app\nCMD ["/app"]\n` },
    { name: 'a base nobody knows', code: `FROM example.com/python\n${install}\n${pip}\n${run}\n` },
    fine('nothing in the image is built', install, run),
    fine('headers alone: the library goes with them', 'RUN apt-get update && apt-get install -y libpq-dev', pip, run),
    fine('git is no compiler', 'RUN apt-get update && apt-get install -y git make', pip, run),
    fine('a tool is only asked for its version', 'RUN apt-get update && apt-get install -y g++', 'RUN pnpm --version', run),
    fine('wheels were compiled elsewhere', install, 'RUN pip install --no-cache /wheels/*', run),
    fine('packages for developers: an image for them', install, 'RUN pip install -r requirements-dev.txt', run),
    { name: 'the program starts a compiler', code: 'FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y build-essential\nCOPY src/main.rs /src/\nRUN cargo build --release\nCMD ["/target/release/app"]\n', files: { 'src/main.rs': 'let mut cmd = std::process::Command::new("cargo");\n' } },
    fine('a worker that installs what it is sent', install, pip, 'COPY --from=apache/beam_python3.12_sdk:2.60.0 /opt/apache/beam /opt/apache/beam', 'ENTRYPOINT ["/opt/apache/beam/boot"]'),
    fine('it starts a shell', install, pip, 'CMD ["bash"]'),
    fine('it starts nothing', install, pip),
    fine('a notebook', install, pip, 'CMD ["jupyter", "lab"]'),
    fine('it builds as it starts', install, pip, 'CMD make run'),
    fine('a script nobody can read', install, pip, 'COPY start.sh /', 'ENTRYPOINT ["/start.sh"]'),
    { ...fine('a script that installs', install, pip, 'COPY start.sh /', 'ENTRYPOINT ["/start.sh"]'), files: { 'start.sh': 'pip install -r /extra.txt\nexec app' } },
    { ...fine('a package that compiles as it runs', install, 'COPY requirements.txt ./', pip, run), files: { 'requirements.txt': 'flask\nnumba==0.60\n' } },
    fine('one that installs extensions', install, 'RUN pip install homeassistant', 'CMD ["hass"]'),
    fine('a server for developers', install, pip, 'CMD ["uvicorn", "app:app", "--reload"]'),
    fine('a reason is given', '# gcc is needed at runtime for native modules.', install, pip, run),
    fine('under a condition', 'RUN if true; then apt-get install -y gcc; fi', pip, run),
    fine('a script nobody can read in between', install, pip, 'RUN if', run),
    fine('ONBUILD', `ONBUILD ${install}`, pip, run),
    { name: 'an image for developers', path: 'Dockerfile.dev', code: `FROM python:3.13-slim\n${install}\n${pip}\n${run}\n` },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN apt-get install -y gcc\nRUN pip install x\nCMD ["x"]\n' },
    { name: 'a purge of the headers alone leaves the library, as it should', code: 'FROM python:3.13-slim\nRUN apt-get update && apt-get install -y gcc libpq-dev && pip install x && apt-get purge -y libpq-dev\nCMD ["bash"]\n' },
  ],
  invalid: [
    {
      code: `FROM python:3.13-slim\n${install}\nRUN pip install --upgrade pip\n${pip}\n${run}\n`,
      findings: [{
        at: 'apt-get install -y build-essential',
        message: '"apt-get install -y build-essential" ships build-essential with the image, although only the build needs it, as in "pip install -r requirements.txt" (line 4); do that in a stage of its own and copy the result, or remove it in the same RUN.',
        related: [{ at: 'pip install -r requirements.txt', message: 'the build needs them here' }],
      }],
    },
    { name: 'Alpine, for native modules; a tool for all does not count', code: 'FROM node:24-alpine\nRUN apk add --no-cache g++ make python3\nRUN npm install -g pnpm\nRUN pnpm install\nCMD ["node", "a.js"]\n', findings: [{ at: /^apk add/, message: /ships g\+\+ with the image, .* "pnpm install" \(line 4\)/ }] },
    { name: 'in the RUN that compiles', code: 'FROM debian:trixie\nRUN apt-get update && apt-get install -y gcc cmake && cd /src && cmake . && make install\nCMD ["tool"]\n', findings: [{ at: /^apt-get install/, message: /ships gcc and cmake .* only the build needs them, as in "cmake \." / }] },
    { name: 'a script that only starts', code: `FROM python:3.13-slim\n${install}\n${pip}\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n`, files: { 'start.sh': '#!/bin/sh\nexec python app.py\n' }, findings: [{ at: /^apt-get install/, message: /ships/ }] },
    {
      name: 'a purge that leaves most of it',
      code: 'FROM python:3.13-slim\nRUN apt-get update && apt-get install -y build-essential && pip install x && apt-get purge -y build-essential\nCMD ["bash"]\n',
      findings: [{
        at: 'apt-get purge -y build-essential',
        message: '"apt-get purge -y build-essential" leaves what build-essential brought along, which is most of it; add "--auto-remove", and install by name what the program needs at run time.',
        related: [{ at: 'apt-get install -y build-essential', message: 'installed here' }],
      }],
    },
  ],
})
