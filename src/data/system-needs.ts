// What programs and packages expect of the system beneath them, where base images differ: written for this project in November 2026 from the
// package lists of Debian's minimal install and of buildpack-deps, and from the documentation of the packages named.

/** Programs of the tools that `lost` of lighter-variants.ts names; a tool that is missing here has one program of its own name. */
export const toolPrograms: Readonly<Record<string, readonly string[]>> = {
  'ca-certificates': ['update-ca-certificates', 'c_rehash'],
  'g++': ['g++', 'c++'],
  gcc: ['gcc', 'cc', 'cpp', 'as', 'ld', 'ar'],
  git: ['git', 'git-lfs'],
  gnupg: ['gpg', 'gpgv', 'gpg-agent', 'apt-key'],
  imagemagick: ['convert', 'identify', 'mogrify', 'montage', 'composite', 'magick'],
  mercurial: ['hg'],
  'openssh-client': ['ssh', 'scp', 'sftp', 'ssh-keygen', 'ssh-keyscan', 'ssh-agent', 'ssh-add'],
  'pkg-config': ['pkg-config', 'pkgconf'],
  procps: ['ps', 'top', 'pgrep', 'pkill', 'free', 'uptime', 'watch', 'vmstat', 'sysctl'],
  python: ['python', 'python2', 'python3', 'pip', 'pip3'],
  subversion: ['svn', 'svnadmin'],
  unzip: ['unzip', 'zipinfo'],
  xz: ['xz', 'unxz', 'xzcat', 'lzma', 'unlzma'],
}

/** Debian packages that bring a tool under another name. */
export const toolPackages: Readonly<Record<string, string>> = {
  'xz-utils': 'xz', python3: 'python', 'python3-pip': 'python', gpg: 'gnupg', 'openssh-clients': 'openssh-client', pkgconf: 'pkg-config',
}

/** Installed to compile something in the image, where a lighter one is not simply enough. */
export const developmentPackage = /(?:-dev|-headers)$|^(?:build-essential|gcc|g\+\+|clang|llvm|make|cmake|autoconf|automake|libtool|pkg-config|pkgconf|ninja-build|bison|flex|nasm|rustc|cargo|golang|default-jdk|openjdk)(?:-[\w.]+)?$/

/** Programs that every Debian has, the smallest as well, and that need none of those tools. */
export const programsOfDebian: ReadonlySet<string> = new Set(`
  : . [ test true false cd echo printf exit export unset set umask read return shift command type hash ulimit trap wait local
  basename cat chgrp chmod chown cp cut date dd df dirname du env expr fold groups head id install ln ls md5sum mkdir mkfifo mktemp mv nl nproc od
  paste pwd readlink realpath rm rmdir seq sha1sum sha256sum sha512sum shuf sleep sort split stat stty sum sync tac tail tee timeout touch tr
  truncate tsort tty uname uniq unlink wc whoami yes base64 comm join
  sed grep egrep fgrep awk mawk find xargs tar gzip gunzip zcat which getent ldconfig hostname
  useradd userdel usermod groupadd groupdel groupmod adduser addgroup deluser chpasswd passwd chsh
  apt-get apt apt-cache apt-mark apt-config dpkg dpkg-query dpkg-reconfigure dpkg-divert debconf-set-selections update-alternatives update-rc.d
`.trim().split(/\s+/))

/** npm packages that compile code at install, fetch it only for some systems, or use libraries and tools of the full image. */
export const nativeNodePackages: ReadonlySet<string> = new Set(`
  node-gyp node-pre-gyp @mapbox/node-pre-gyp prebuild-install nan node-addon-api bindings cmake-js node-sass fibers sqlite3 better-sqlite3 bcrypt argon2
  canvas sharp grpc oracledb ibm_db pg-native libpq libxmljs libxmljs2 re2 snappy zeromq usb serialport node-hid robotjs leveldown rocksdb lmdb
  node-rdkafka kafka-streams unix-dgram posix pty.js node-pty cpu-features ssh2 heapdump memwatch v8-profiler microtime farmhash xxhash iconv
  mongodb-client-encryption kerberos isolated-vm deasync ref ffi ref-napi ffi-napi odbc couchbase aerospike
  prisma @prisma/client puppeteer puppeteer-core playwright @playwright/test cypress electron phantomjs phantomjs-prebuilt chromedriver
  gm imagemagick simple-git nodegit git-rev-sync tree-kill ps-node ps-tree fluent-ffmpeg @instana/collector newrelic appdynamics apostrophe uploadfs easyimage bower
`.trim().split(/\s+/))

/** What a lock file names where something in it compiles at install. */
export const nativeInNodeLock =
  /(?:^|["'/\s])(?:node-gyp|node-pre-gyp|@mapbox\/node-pre-gyp|prebuild-install|nan|node-addon-api|bindings|cmake-js|phantomjs\S*|puppeteer|prisma|gm|imagemagick|uploadfs|simple-git|nodegit)(?:["'@:])/m

/** npm packages that are installed by name, hold no native code and start no tool of the system. */
export const plainNodePackages: ReadonlySet<string> = new Set(`
  npm yarn pnpm corepack npx serve http-server local-web-server live-server json-server pm2 forever nodemon typescript ts-node ts-node-dev tsx rimraf cross-env
  dotenv dotenv-cli concurrently npm-run-all wait-on express express-generator koa body-parser cors ejs pug axios request node-fetch ws socket.io redis ioredis
  mongodb mongoose mysql mysql2 pg amqplib kafkajs nats stripe lodash moment uuid async winston morgan debug eslint prettier standard mocha jest jasmine chai
  webpack webpack-cli webpack-dev-server vite rollup parcel gulp gulp-cli grunt grunt-cli lerna turbo nx @angular/cli @nestjs/cli @vue/cli create-react-app react-scripts
  sequelize sequelize-cli knex typeorm newman apidoc jsdoc redoc-cli swagger-cli @openapitools/openapi-generator-cli hexo-cli node-static connect finalhandler
`.trim().split(/\s+/))

/** Python packages that install from wheels or hold no native code, and load no library of the system. */
export const plainPythonPackages: ReadonlySet<string> = new Set(`
  aiofiles aiohttp aioredis aiosignal alembic amqp annotated-types anyio apscheduler arrow asgiref async-timeout asyncpg attrs authlib azure-core
  azure-identity azure-storage-blob backoff bcrypt beautifulsoup4 billiard blinker boto boto3 botocore bottle bs4 cachetools celery certifi cffi chardet
  charset-normalizer cherrypy click cloudevents colorama configparser contextlib2 cryptography cython dacite dapr dapr-ext-fastapi dapr-ext-grpc dash
  databases datadog decorator defusedxml deprecated distro dj-database-url dkimpy django django-cors-headers django-environ django-extensions django-filter
  django-redis django-storages djangorestframework djangorestframework-simplejwt dnspython docker docopt docutils ecdsa elasticsearch email-validator
  et-xmlfile eventlet exceptiongroup faker falcon fastapi fastapi-cli filelock flasgger flask flask-admin flask-bcrypt flask-caching flask-cors flask-jwt-extended
  flask-limiter flask-login flask-mail flask-marshmallow flask-migrate flask-mongoengine flask-pymongo flask-restful flask-restx flask-script flask-session
  flask-socketio flask-sqlalchemy flask-wtf frozenlist future gevent google-api-core google-api-python-client google-auth google-auth-httplib2
  google-auth-oauthlib google-cloud-core google-cloud-bigquery google-cloud-datastore google-cloud-firestore google-cloud-logging google-cloud-pubsub
  google-cloud-secret-manager google-cloud-storage google-cloud-trace google-generativeai googleapis-common-protos graphene graphql-core greenlet grpcio
  grpcio-health-checking grpcio-reflection grpcio-status grpcio-tools gspread gunicorn h11 h2 hiredis html5lib httpcore httplib2 httptools httpx humanize
  hvac hypercorn idna importlib-metadata influxdb influxdb-client inflection iniconfig instana ipython isodate isort itsdangerous jaraco.classes jinja2 jmespath joblib
  jsonpatch jsonpath-ng jsonschema jwt kafka-python kazoo keyring kombu kubernetes langchain langchain-core ldap3 limits locust loguru lxml mako markdown
  markupsafe marshmallow marshmallow-sqlalchemy mccabe mongoengine motor msgpack multidict mypy nats-py nltk numpy oauth2client oauthlib openai
  openpyxl opencensus opencensus-ext-azure opentelemetry-api opentelemetry-distro opentelemetry-exporter-otlp opentelemetry-exporter-prometheus
  opentelemetry-instrumentation opentelemetry-instrumentation-flask opentelemetry-instrumentation-requests opentelemetry-sdk opentracing orjson packaging pandas paramiko
  passlib paste pendulum peewee pika pillow pip pipenv plotly ply poetry poetry-core portalocker prettytable prometheus-client prometheus-flask-exporter
  prompt-toolkit propcache protobuf psutil psycopg2-binary pyasn1 pyasn1-modules pycparser pycryptodome pydantic pydantic-core pydantic-settings pygments
  pyjwt pymongo pymysql pynacl pyopenssl pyparsing pyrsistent pyserial pysocks pytest pytest-cov python-consul python-dateutil python-decouple python-dotenv
  python-engineio python-jose python-json-logger python-keycloak python-multipart python-slugify python-socketio python3-openid pytz pyyaml ratelimit redis
  regex requests requests-oauthlib requests-toolbelt responses retry rich rsa ruamel.yaml s3transfer scikit-learn scipy seaborn selenium sentry-sdk
  setuptools shellingham simple-websocket simplejson singledispatch six slackclient slack-sdk sniffio social-auth-app-django social-auth-core sortedcontainers
  soupsieve sqlalchemy sqlalchemy-utils sqlmodel sqlparse sse-starlette starlette statsd stripe structlog supervisor tabulate tenacity termcolor textblob threadpoolctl
  tiktoken toml tomli tornado tox tqdm twilio typer typing-extensions typing-inspection tzdata tzlocal ujson uritemplate urllib3 uv uvicorn uvloop vine virtualenv
  waitress watchdog watchfiles wcwidth webob websocket-client websockets werkzeug wheel whitenoise wrapt wsproto wtforms xlrd xmltodict yarl zipp zope.interface
`.trim().split(/\s+/))

/** Python packages whose wheels do not hold what they load or start: libraries and tools that a slim image lacks. */
export const pythonPackagesOfSystem: ReadonlySet<string> = new Set(`
  psycopg psycopg2 psycopg-c mysqlclient uwsgi pyuwsgi python-ldap pyodbc pygraphviz graphviz dlib pycurl opencv-python opencv-contrib-python lightgbm python-magic
  weasyprint cairosvg cairocffi pycairo pygobject dbus-python wand pyenchant gdal rasterio fiona pyzbar pdf2image pytesseract soundfile librosa gitpython
  pygit2 pre-commit libvirt-python pyaudio moviepy ffmpeg-python pydub playwright selenium-wire xmlsec python3-saml pymssql cx-oracle ibm-db mod-wsgi
  hdbscan jpype1 pyspark scikit-sparse deepspeed flash-attn triton
`.trim().split(/\s+/))
