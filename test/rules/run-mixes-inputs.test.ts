import rule from '../../rules/run-mixes-inputs.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

/** A RUN after a copy of one manifest. */
const after = (run: string, copy = 'COPY requirements.txt ./'): string => `FROM python:3.13\nWORKDIR /app\n${copy}\nRUN ${run}\nCMD ["python", "app.py"]\n`
const apt = 'apt-get update && apt-get install -y gcc'
const builder = (run: string, copy = 'COPY requirements.txt ./'): string => `FROM python:3.13 AS build\nWORKDIR /app\n${copy}\nRUN ${run}\n\nFROM python:3.13\nCOPY --from=build /app /app\n`

/** A build of single files, then more in the same RUN. */
const compiled = (more: string): string => `FROM golang:1.24-alpine AS build\nWORKDIR /app\nCOPY go.mod .\nCOPY hello.go .\nRUN go build -o /hello && ${more}\nFROM alpine\nCOPY --from=build /hello /\n`

ruleTester(rule, {
  valid: [
    { name: 'split already', code: dockerfile`FROM python:3.13
                                             WORKDIR /app
                                             RUN apt-get update && apt-get install -y gcc
                                             COPY requirements.txt ./
                                             RUN pip install -r requirements.txt` },
    { name: 'nothing of the context below', code: dockerfile`FROM python:3.13
                                                            RUN apt-get update && apt-get install -y gcc && pip install flask` },
    { name: 'nothing of the RUN reads the copy: another rule', code: after('apt-get update && apt-get install -y gcc && pip install flask') },
    { name: 'the second part removes what the first one installed', code: after('apk add --no-cache --virtual .deps gcc && pip install -r requirements.txt && apk del .deps') },
    { name: 'apt-get purge', code: after(`${apt} && pip install -r requirements.txt && apt-get purge -y gcc`) },
    { name: 'autoremove', code: after(`${apt} && pip install -r requirements.txt && apt-get autoremove -y`) },
    { name: 'a download that is removed after use', code: after('curl -fsSLo /opt/big.tgz https://example.org/big.tgz && python requirements.txt && rm /opt/big.tgz') },
    { name: 'a script of the project that uninstalls', code: after('apk add --no-cache gcc && sh /app/build.sh', 'COPY build.sh ./'), files: { 'build.sh': 'make\napk del gcc\n' } },
    { name: 'a script of the project that nobody can read, in an image that ships', code: after('apk add --no-cache gcc && sh /app/build.sh', 'COPY build.sh ./') },
    { name: 'downloads in a cache mount', code: after('--mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y gcc && pip install -r requirements.txt') },
    { name: 'a variable for both parts', code: after('VERSION=1.2 && apt-get update && apt-get install -y gcc && pip install -r requirements.txt -c $VERSION.txt') },
    { name: 'an exported variable', code: after('export A=b; apt-get update; apt-get install -y gcc; pip install -r requirements.txt') },
    { name: 'a folder for both parts', code: after('cd /app && apt-get update && apt-get install -y gcc && pip install -r requirements.txt') },
    { name: 'a condition around the first part', code: after('if [ -n "$X" ]; then apt-get update && apt-get install -y gcc; fi; pip install -r requirements.txt') },
    { name: 'the first part runs after the script that prepares it', code: after('sh /app/repos.sh && apt-get update && apt-get install -y gcc', 'COPY repos.sh ./'), files: { 'repos.sh': '' } },
    { name: 'a package file from the context', code: after('apt-get update && apt-get install -y ./tool.deb && tool requirements.txt', 'COPY tool.deb requirements.txt ./') },
    { name: 'a list of packages from the context', code: after('apt-get update && apt-get install -y $(cat packages.txt) && pip install -r requirements.txt', 'COPY packages.txt requirements.txt ./') },
    { name: 'copied sources of the package manager', code: after(`${apt} && chmod +x /app/start.sh`, 'COPY start.sh ./\nCOPY sources.list /etc/apt/sources.list') },
    { name: 'a tree of settings copied over the root', code: after(`${apt} && chmod +x /start.sh`, 'COPY rootfs/ /') },
    { name: 'copied settings of pip', code: after(`${apt} && pip install poetry && chmod +x /app/start.sh`, 'COPY pip.conf start.sh /app/') },
    { name: 'a step between that it may depend on', code: after(`${apt} && pip install -r requirements.txt`, 'COPY requirements.txt ./\nRUN ./add-repository') },
    { name: 'another user between', code: after('pip install black && pip install -r requirements.txt', 'COPY requirements.txt ./\nUSER app') },
    { name: 'installers that renew themselves', code: after('pip install --upgrade pip setuptools wheel && pip install -r requirements.txt') },
    { name: 'a download checked against a copied sum', code: builder('curl -fsSLo tool https://example.org/tool && sha256sum -c tool.sha256', 'COPY tool.sha256 ./') },
    { name: 'a file that ADD fetches is none of the context', code: after(`${apt} && chmod +x /app/wait.sh`, 'ADD https://example.org/wait.sh /app/wait.sh') },
    { name: 'sources before an install: the copy is reported', code: after(`${apt} && pip install -r requirements.txt`, 'COPY . .'), files: { 'requirements.txt': 'flask', 'app.py': '' } },
    { name: 'a copy from a stage', code: dockerfile`FROM alpine AS files
                                                  COPY requirements.txt /
                                                  FROM python:3.13
                                                  WORKDIR /app
                                                  COPY --from=files /requirements.txt ./
                                                  RUN apt-get update && apt-get install -y gcc && pip install -r requirements.txt` },
    { name: 'a stage that is not needed', code: `${after(`${apt} && pip install -r requirements.txt`)}FROM alpine\nRUN true\n` },
    { name: 'ONBUILD', code: dockerfile`FROM python:3.13 AS base
                                       WORKDIR /app
                                       ONBUILD COPY requirements.txt ./
                                       ONBUILD RUN apt-get update && apt-get install -y gcc && pip install -r requirements.txt
                                       FROM base
                                       CMD ["python"]` },
    { name: 'Windows', code: dockerfile`FROM mcr.microsoft.com/windows/servercore:ltsc2022
                                       WORKDIR /app
                                       COPY requirements.txt ./
                                       RUN choco install -y git && pip install -r requirements.txt` },
    { name: 'a script that no reader is sure of', code: after('if true; then apt-get install -y gcc && pip install -r requirements.txt') },
    { name: 'an archive is unpacked beside the copied file, which it does not read', code: builder('apt-get update && apt-get install -y wget && wget -O /opt/a.tgz https://example.org/a.tgz && tar -C /app -xf /opt/a.tgz', 'COPY config.ini ./') },
    { name: 'make somewhere else', code: after(`${apt} && make -C /opt/tool`, 'COPY . .') },
    { name: 'names of users are no files', code: after(`${apt} && groupadd app && id app`, 'COPY . .') },
    { name: 'a script is made ready that prepares the install', code: after(`chmod +x /app/repos.sh && /app/repos.sh && ${apt}`, 'COPY repos.sh ./'), files: { 'repos.sh': '' } },
    { name: 'compilers after a build, which would have found them', code: compiled('apk add --no-cache gcc musl-dev && file /hello') },
    { name: 'packages after a build that are removed again', code: compiled('apk add --no-cache file && file /hello && apk del file').replace(/\nFROM alpine\n.*\n/, '\nCMD ["/hello"]\n') },
    { name: 'an unknown destination', code: after(`${apt} && pip install -r requirements.txt`, 'ARG DIR\nCOPY requirements.txt $DIR/') },
  ],
  invalid: [
    {
      name: 'COPY does what is left',
      code: 'FROM alpine:3.22\n\nCOPY action.sh /action.sh\n\nRUN apk add --no-cache git \\\n  && chmod +x /action.sh\n\nENTRYPOINT ["/action.sh"]\n',
      findings: [{ at: 'apk add --no-cache git', message: /chmod/ }],
      fixed: 'FROM alpine:3.22\n\nRUN apk add --no-cache git\n\nCOPY --chmod=755 action.sh /action.sh\n\nENTRYPOINT ["/action.sh"]\n',
    },
    {
      name: 'one RUN that mixes two kinds of input (precision 6) is to be split, not moved',
      code: after(`${apt} && pip install -r requirements.txt`),
      findings: [{
        at: 'apt-get install -y gcc',
        message: '"apt-get install -y gcc" needs nothing of the build context, but re-runs when a file of "COPY requirements.txt ./" (line 3) changes, because "pip install -r requirements.txt" in the same RUN reads it: give it a RUN of its own above line 3.',
        related: [{ at: 'pip install -r requirements.txt' }, { at: 'COPY requirements.txt ./', message: 'the files come from here' }],
      }],
      fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apt-get update && apt-get install -y gcc\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCMD ["python", "app.py"]\n',
    },
    { name: 'lists removed at the end', code: after(`${apt} && pip install -r requirements.txt && rm -rf /var/lib/apt/lists/*`), findings: [{ at: 'apt-get install -y gcc', message: /line 3/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCMD ["python", "app.py"]\n' },
    { name: 'two costly commands', code: after(`${apt} && npm install -g yuglify && pip install -r requirements.txt`), findings: [{ at: 'apt-get install -y gcc', message: /^"apt-get install -y gcc" and "npm install -g yuglify" need nothing .* give them a RUN of their own/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apt-get update && apt-get install -y gcc && npm install -g yuglify\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCMD ["python", "app.py"]\n' },
    { name: 'a script of the project, in a builder stage', code: dockerfile`FROM alpine AS build
                                                                          COPY build.sh /src/build.sh
                                                                          RUN apk add --no-cache gcc; sh /src/build.sh
                                                                          FROM alpine
                                                                          COPY --from=build /out /out`, files: { 'build.sh': 'make' }, findings: [{ at: 'apk add --no-cache gcc', message: /sh \/src\/build\.sh/ }], fixed: null },
    { name: 'a mode of a copied script', code: after(`${apt} && chmod +x /start.sh`, 'COPY start.sh /start.sh'), findings: [{ at: 'apt-get install -y gcc', message: /chmod/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apt-get update && apt-get install -y gcc\nCOPY --chmod=755 start.sh /start.sh\nCMD ["python", "app.py"]\n' },
    { name: 'sources that are compiled', code: after('apk add --no-cache build-base && make', 'COPY src/ ./'), findings: [{ at: 'apk add --no-cache build-base', message: /"make"/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apk add --no-cache build-base\nCOPY src/ ./\nRUN make\nCMD ["python", "app.py"]\n' },
    { name: 'the context is bound', code: dockerfile`FROM alpine AS build
                                                   RUN --mount=type=bind,target=/src apk add --no-cache jq && jq . /src/a.json > /b.json
                                                   FROM alpine
                                                   COPY --from=build /b.json /`, findings: [{ at: 'apk add --no-cache jq', message: /the bind mount of the build context changes, because .* above line 2/ }], fixed: 'FROM alpine AS build\nRUN apk add --no-cache jq\nRUN --mount=type=bind,target=/src jq . /src/a.json > /b.json\nFROM alpine\nCOPY --from=build /b.json /\n' },
    { name: 'folders made between', code: after(`${apt} && pip install -r requirements.txt`, 'COPY requirements.txt ./\nRUN mkdir -p /data'), findings: [{ at: 'apt-get install -y gcc', message: /above line 3/ }], fixed: null },
    { name: 'two copies, the lower one is named last', code: after('apk add --no-cache make && bundle install', 'COPY Gemfile ./\nCOPY Gemfile.lock ./'), findings: [{ at: 'apk add --no-cache make', message: /above line 3/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apk add --no-cache make\nCOPY Gemfile ./\nCOPY Gemfile.lock ./\nRUN bundle install\nCMD ["python", "app.py"]\n' },
    { name: 'a script of the virtual environment, not of the project', code: after(`${apt} && python -m venv /venv && source /venv/bin/activate && pip install -r requirements.txt`), findings: [{ at: 'apt-get install -y gcc', message: /pip install/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apt-get update && apt-get install -y gcc\nCOPY requirements.txt ./\nRUN python -m venv /venv && source /venv/bin/activate && pip install -r requirements.txt\nCMD ["python", "app.py"]\n' },
    { name: 'the download, not what is unpacked over the copied files', code: builder('true && curl -fsSLo /opt/a.tgz https://example.org/a.tgz && tar -C /app -xf /opt/a.tgz && make', 'COPY src/ ./'), findings: [{ at: 'curl -fsSLo /opt/a.tgz https://example.org/a.tgz', message: /^"curl [^"]*" needs nothing/ }], fixed: 'FROM python:3.13 AS build\nWORKDIR /app\nRUN true && curl -fsSLo /opt/a.tgz https://example.org/a.tgz\nCOPY src/ ./\nRUN tar -C /app -xf /opt/a.tgz && make\n\nFROM python:3.13\nCOPY --from=build /app /app\n' },
    { name: 'a mode set before the packages', code: after(`chmod +x /start.sh && ${apt}`, 'COPY start.sh /start.sh'), findings: [{ at: 'apt-get install -y gcc', message: /changes, because "chmod \+x \/start\.sh" in the same RUN reads it: give it a RUN of its own above line 3\.$/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apt-get update && apt-get install -y gcc\nCOPY --chmod=755 start.sh /start.sh\nCMD ["python", "app.py"]\n' },
    { name: 'a mode set before the packages, and a reader after them', code: after(`chmod +x /app/a.sh && ${apt} && pip install -r requirements.txt`, 'COPY a.sh requirements.txt ./'), findings: [{ at: 'apt-get install -y gcc', message: /because "pip install/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apt-get update && apt-get install -y gcc\nCOPY a.sh requirements.txt ./\nRUN chmod +x /app/a.sh && pip install -r requirements.txt\nCMD ["python", "app.py"]\n' },
    { name: 'packages after the build of the project', code: compiled('apk add --update --no-cache file && file /hello'), findings: [{ at: 'apk add --update --no-cache file', message: /changes, because "go build -o \/hello" in the same RUN reads it: give it a RUN of its own above line 3\.$/ }], fixed: 'FROM golang:1.24-alpine AS build\nWORKDIR /app\nRUN apk add --update --no-cache file\nCOPY go.mod .\nCOPY hello.go .\nRUN go build -o /hello && file /hello\nFROM alpine\nCOPY --from=build /hello /\n' },
    { name: 'not the cd, but what runs there', code: after(`${apt} && cd /app && php composer.phar install`, 'COPY www/ /app/'), files: { 'www/composer.json': '{}', 'www/composer.phar': '', 'www/index.php': '' }, findings: [{ at: 'apt-get install -y gcc', message: /because "php composer\.phar install" in the same RUN reads it/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nRUN apt-get update && apt-get install -y gcc\nCOPY www/ /app/\nRUN cd /app && php composer.phar install\nCMD ["python", "app.py"]\n' },
    { name: 'above all copies that the rest reads', code: builder('curl -fsSLo /opt/a.c https://example.org/a.c && patch /opt/a.c one.patch && patch /opt/a.c two.patch', 'COPY two.patch ./\nCOPY one.patch ./'), findings: [{ at: 'curl -fsSLo /opt/a.c https://example.org/a.c', message: /because "patch \/opt\/a\.c one\.patch" .* above line 3\.$/ }], fixed: 'FROM python:3.13 AS build\nWORKDIR /app\nRUN curl -fsSLo /opt/a.c https://example.org/a.c\nCOPY two.patch ./\nCOPY one.patch ./\nRUN patch /opt/a.c one.patch && patch /opt/a.c two.patch\n\nFROM python:3.13\nCOPY --from=build /app /app\n' },
    { name: 'a here-document', code: after('<<EOF\nset -e\napt-get update\napt-get install -y gcc\npip install -r requirements.txt\nEOF'), findings: [{ at: 'apt-get install -y gcc', message: /pip install/ }], fixed: null },
    {
      name: 'set at the head, comments, CRLF, lower case, in the style of the RUN',
      code: 'from python:3.13\r\n\r\n# What is needed.\r\ncopy requirements.txt ./\r\nrun set -ex && \\\r\n    # The compiler.\r\n    apt-get update && \\\r\n    apt-get install -y gcc && \\\r\n    # The rest.\r\n    pip install -r requirements.txt && \\\r\n    rm -rf /var/lib/apt/lists/*\r\n',
      findings: [{ at: /^apt-get install/, message: /./ }],
      fixed: 'from python:3.13\r\n\r\nrun set -ex && \\\r\n    # The compiler.\r\n    apt-get update && \\\r\n    apt-get install -y gcc && \\\r\n    rm -rf /var/lib/apt/lists/*\r\n\r\n# What is needed.\r\ncopy requirements.txt ./\r\n# The rest.\r\nrun set -ex && \\\r\n    pip install -r requirements.txt\r\n',
    },
    { name: 'ENV in between', code: 'FROM python:3.13\nCOPY requirements.txt ./\nENV A=1\nRUN apt-get update && apt-get install -y gcc && pip install -r requirements.txt\nCMD ["python"]\n', findings: [{ at: /^apt-get install/, message: /./ }], fixed: null },
    { name: 'clean-up of both parts', code: 'FROM python:3.13\nCOPY requirements.txt ./\nRUN apt-get update && apt-get install -y gcc && pip install -r requirements.txt && rm -rf /var/lib/apt/lists/* /tmp/*\nCMD ["python"]\n', findings: [{ at: /^apt-get install/, message: /./ }], fixed: null },
    { name: 'a script that may need the lists', code: 'FROM python:3.13\nCOPY install.sh requirements.txt ./\nRUN apt-get update && apt-get install -y gcc && pip install -r requirements.txt && bash -c "$X" && rm -rf /var/lib/apt/lists/*\nCMD ["python"]\n', findings: [{ at: /^apt-get install/, message: /./ }], fixed: null },
    { name: 'set -e with ;', code: 'FROM python:3.13\nCOPY requirements.txt ./\nRUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y gcc; \\\n    pip install -r requirements.txt\nCMD ["python"]\n', findings: [{ at: /^apt-get install/, message: /./ }], fixed: 'FROM python:3.13\nRUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y gcc\nCOPY requirements.txt ./\nRUN set -eux; \\\n    pip install -r requirements.txt\nCMD ["python"]\n' },
    { name: 'a cache mount', code: 'FROM python:3.13\nCOPY requirements.txt ./\nRUN --network=host apt-get update && apt-get install -y gcc && pip install -r requirements.txt\nCMD ["python"]\n', findings: [{ at: /^apt-get install/, message: /./ }], fixed: null },
  ],
})
