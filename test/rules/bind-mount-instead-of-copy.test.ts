import rule from '../../rules/bind-mount-instead-of-copy.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const image = (copy: string, run: string, rest = ''): string => `FROM python:3.13\n${copy}\nRUN ${run}\n${rest}CMD ["python"]\n`
const REQUIREMENTS = 'COPY requirements.txt /tmp/'
const SCRIPT = 'COPY install.sh /tmp/'

ruleTester(rule, {
  valid: [
    { name: 'bound already', code: image('ENV CI=1', '--mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt pip install -r /tmp/requirements.txt') },
    { name: 'a manifest beside the project', code: 'FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n' },
    { name: 'a later RUN reads it, too', code: image(REQUIREMENTS, 'pip install -r /tmp/requirements.txt', 'RUN pip check && grep flask /tmp/requirements.txt\n') },
    { name: 'the image starts it', code: 'FROM python:3.13\nCOPY start.py /tmp/start.py\nRUN python /tmp/start.py --check\nCMD ["python", "/tmp/start.py"]\n' },
    { name: 'another stage takes it', code: dockerfile`
      FROM python:3.13 AS base
      COPY requirements.txt /tmp/
      RUN pip install -r /tmp/requirements.txt
      FROM base
      COPY --from=base /tmp/requirements.txt /r.txt
      CMD ["python"]` },
    { name: 'a builder stage', code: dockerfile`
      FROM python:3.13 AS build
      COPY requirements.txt /tmp/
      RUN pip wheel -r /tmp/requirements.txt -w /wheels
      FROM python:3.13
      COPY --from=build /wheels /wheels
      CMD ["python"]` },
    { name: 'changed', code: image('COPY x.conf /tmp/', 'sed -i s/a/b/ /tmp/x.conf && cat /tmp/x.conf > /etc/x.conf') },
    { name: 'moved', code: image('COPY x.sh /tmp/', 'mv /tmp/x.sh /usr/local/bin/x') },
    { name: 'copied on: a COPY there would do', code: image('COPY x.sh /tmp/', 'cp /tmp/x.sh /usr/local/bin/x') },
    { name: 'made executable', code: image(SCRIPT, 'chmod +x /tmp/install.sh && /tmp/install.sh'), files: { 'install.sh': 'echo' } },
    { name: 'made executable by the copy', code: image('COPY --chmod=755 install.sh /tmp/', '/tmp/install.sh'), files: { 'install.sh': 'echo' } },
    { name: 'a script that looks at where it lies', code: image(SCRIPT, 'bash /tmp/install.sh'), files: { 'install.sh': 'cd "$(dirname "$0")" && touch log' } },
    { name: 'a script that removes itself', code: image(SCRIPT, 'bash /tmp/install.sh'), files: { 'install.sh': 'rm /tmp/install.sh' } },
    { name: 'a script nobody has read', code: image(SCRIPT, 'bash /tmp/install.sh') },
    { name: 'an unknown program', code: image('COPY x.json /tmp/', 'setup-everything /tmp/x.json') },
    { name: 'something that runs in the folder', code: image(REQUIREMENTS, 'cd /tmp && pip install -r requirements.txt') },
    { name: 'an archive that ADD unpacks', code: image('ADD x.tar.gz /tmp/', 'cat /tmp/x.tar.gz') },
    { name: 'a folder', code: image('COPY scripts /tmp/scripts', 'bash /tmp/scripts/install.sh') },
    { name: 'wildcards', code: image('COPY *.whl /tmp/', 'pip install /tmp/*.whl') },
    { name: 'a large file removed in a later RUN: that is what cleanup-in-later-layer says', code: image('COPY x.deb /tmp/', 'dpkg -i /tmp/x.deb && rm /tmp/x.deb'), files: { 'x.deb': { size: 9_000_000 } } },
    { name: 'a development container', path: '.devcontainer/Dockerfile', code: image(REQUIREMENTS, 'pip install -r /tmp/requirements.txt') },
    { name: 'a script nobody can read', code: image(REQUIREMENTS, 'pip install -r /tmp/requirements.txt && if') },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY x.ps1 /tmp/\nRUN cat /tmp/x.ps1\n' },
    { name: 'ONBUILD', code: 'FROM python:3.13 AS a\nONBUILD COPY requirements.txt /tmp/\nONBUILD RUN pip install -r /tmp/requirements.txt\nFROM a\nCMD ["python"]\n' },
  ],
  invalid: [
    {
      code: image(REQUIREMENTS, 'pip install -r /tmp/requirements.txt'),
      findings: [{
        at: REQUIREMENTS,
        message: '"COPY requirements.txt /tmp/" keeps a file in a layer of the image that only "pip install -r /tmp/requirements.txt" (line 3) needs: leave it out and write "RUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt".',
        related: [{ at: 'pip install -r /tmp/requirements.txt' }],
      }],
      fixed: 'FROM python:3.13\nRUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt pip install -r /tmp/requirements.txt\nCMD ["python"]\n',
    },
    { name: 'under another name', code: image('COPY docs/requirements.txt /tmp/docs.txt', 'pip install -r /tmp/docs.txt'), findings: [{ at: /^COPY/, message: /source=docs\/requirements\.txt,target=\/tmp\/docs\.txt"\.$/ }], fixed: 'FROM python:3.13\nRUN --mount=type=bind,source=docs/requirements.txt,target=/tmp/docs.txt pip install -r /tmp/docs.txt\nCMD ["python"]\n' },
    { name: 'removed in the same RUN', code: image(REQUIREMENTS, 'pip install -r /tmp/requirements.txt && rm /tmp/requirements.txt'), findings: [{ at: REQUIREMENTS, message: /, without the "rm", which frees nothing\.$/ }], fixed: 'FROM python:3.13\nRUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \\\n    pip install -r /tmp/requirements.txt\nCMD ["python"]\n' },
    { name: 'a script of the context', code: image(SCRIPT, 'bash /tmp/install.sh'), files: { 'install.sh': 'apt-get update && apt-get install -y curl' }, findings: [{ at: SCRIPT, message: /only "bash \/tmp\/install\.sh"/ }], fixed: 'FROM python:3.13\nRUN --mount=type=bind,source=install.sh,target=/tmp/install.sh bash /tmp/install.sh\nCMD ["python"]\n' },
    { name: 'from another stage', code: dockerfile`
      FROM python:3.13 AS build
      RUN pip wheel flask -w /wheels
      FROM python:3.13
      COPY --from=build /wheels/x.whl /tmp/x.whl
      RUN pip install /tmp/x.whl
      CMD ["python"]`, findings: [{ at: /^COPY/, message: /type=bind,from=build,source=wheels\/x\.whl,target=\/tmp\/x\.whl/ }], fixed: 'FROM python:3.13 AS build\nRUN pip wheel flask -w /wheels\nFROM python:3.13\nRUN --mount=type=bind,from=build,source=wheels/x.whl,target=/tmp/x.whl pip install /tmp/x.whl\nCMD ["python"]\n' },
    { name: 'several files', code: image('COPY a.txt b.txt /tmp/', 'pip install -r /tmp/a.txt -r /tmp/b.txt'), findings: [{ at: /^COPY/, message: /keeps files .*source=a\.txt,target=\/tmp\/a\.txt", and so on for each\.$/ }], fixed: 'FROM python:3.13\nRUN --mount=type=bind,source=a.txt,target=/tmp/a.txt \\\n    --mount=type=bind,source=b.txt,target=/tmp/b.txt \\\n    pip install -r /tmp/a.txt -r /tmp/b.txt\nCMD ["python"]\n' },
    { name: 'comments and lines stay as they are', code: image('# What it needs\nCOPY requirements.txt /tmp/', 'set -ex \\\n    && pip install -r /tmp/requirements.txt \\\n    && rm -f /tmp/requirements.txt \\\n    && echo done'), findings: [{ at: REQUIREMENTS, message: /without the "rm"/ }], fixed: 'FROM python:3.13\n# What it needs\nRUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \\\n    set -ex \\\n    && pip install -r /tmp/requirements.txt \\\n    && echo done\nCMD ["python"]\n' },
    { name: 'CRLF, lower case', code: 'from python:3.13\r\ncopy requirements.txt /tmp/\r\nrun pip install -r /tmp/requirements.txt\r\ncmd ["python"]\r\n', findings: [{ at: /^copy/, message: /keeps a file/ }], fixed: 'from python:3.13\r\nrun --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt pip install -r /tmp/requirements.txt\r\ncmd ["python"]\r\n' },
    { name: 'removed with other files', code: image(REQUIREMENTS, 'pip install -r /tmp/requirements.txt && rm -rf /root/.cache /tmp/requirements.txt'), findings: [{ at: REQUIREMENTS, message: /without the "rm"/ }], fixed: 'FROM python:3.13\nRUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \\\n    pip install -r /tmp/requirements.txt && rm -rf /root/.cache\nCMD ["python"]\n' },
    { name: 'the name of the stage stays as written', code: 'FROM python:3.13 AS Build\nRUN pip wheel flask -w /wheels\nFROM python:3.13\nCOPY --from=Build /wheels/x.whl /tmp/x.whl\nRUN pip install /tmp/x.whl\nCMD ["python"]\n', findings: [{ at: /^COPY/, message: /from=build/ }], fixed: 'FROM python:3.13 AS Build\nRUN pip wheel flask -w /wheels\nFROM python:3.13\nRUN --mount=type=bind,from=Build,source=wheels/x.whl,target=/tmp/x.whl pip install /tmp/x.whl\nCMD ["python"]\n' },
    { name: 'no fix: a stage by its number', code: 'FROM python:3.13\nRUN pip wheel flask -w /wheels\nFROM python:3.13\nCOPY --from=0 /wheels/x.whl /tmp/x.whl\nRUN pip install /tmp/x.whl\nCMD ["python"]\n', findings: [{ at: /^COPY/, message: /keeps a file/ }], fixed: null },
    { name: 'no fix: removed by a pattern', code: image(REQUIREMENTS, 'pip install -r /tmp/requirements.txt && rm -rf /tmp/*'), findings: [{ at: REQUIREMENTS, message: /keeps a file/ }], fixed: null },
    { name: 'no fix: an owner', code: image('COPY --chown=1000 requirements.txt /tmp/', 'pip install -r /tmp/requirements.txt'), findings: [{ at: /^COPY/, message: /keeps a file/ }], fixed: null },
    { name: 'no fix: an old frontend', code: `# syntax=docker/dockerfile:1.1\n${image(REQUIREMENTS, 'pip install -r /tmp/requirements.txt')}`, findings: [{ at: REQUIREMENTS, message: /keeps a file/ }], fixed: null },
  ],
})
