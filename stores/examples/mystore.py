#!/usr/bin/env python3
"""mystore.py: a session store in Python, as a program for sessionspec

    sessionspec run --store 'exec:python3 mystore.py'
    sessionspec run --store 'exec:python3 mystore.py sessions.db'

Sessions are rows of an SQLite database, in memory where no file is named. The
protocol, a line of JSON for each request and each answer, is described in
stores/README.md, "Stores in any language".
"""
import json
import sqlite3
import sys

# A session's cookie stands in a column of its own: touch renews it and leaves
# the data alone. Ids are bytes, so that none is like another to SQLite. Times
# are Unix ms; without `expires` a session lives for ever.
SCHEMA = '''CREATE TABLE IF NOT EXISTS sessions (
    namespace TEXT, sid BLOB, data TEXT, cookie TEXT, expires INTEGER,
    PRIMARY KEY (namespace, sid)) WITHOUT ROWID'''
LIVE = 'namespace = ? AND (expires IS NULL OR expires > ?)'


class Failure(Exception):
    """What the host is told as {"message", "code"}."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


class Store:
    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute('PRAGMA synchronous = OFF')
        self.db.execute(SCHEMA)
        self.namespaces = {}  # by instance

    def open(self, request):
        for option in request['options']:
            raise Failure(f'unknown option "{option}"', 'EINVAL')
        self.namespaces[request['instance']] = request['namespace']

    def close(self, request):
        del self.namespaces[request['instance']]

    def get(self, request):
        row = self.db.execute(
            f'SELECT data, cookie FROM sessions WHERE {LIVE} AND sid = ?',
            (*self.live(request), sid_of(request))).fetchone()
        return {'session': joined(*row) if row else None}

    def set(self, request):
        self.db.execute(
            'INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?)',
            (self.live(request)[0], sid_of(request),
             *split(request['session']), request['expires']))

    def touch(self, request):
        cookie = split(request['session'])[1]
        done = self.db.execute(
            f'UPDATE sessions SET cookie = ?, expires = ? '
            f'WHERE {LIVE} AND sid = ?',
            (cookie, request['expires'], *self.live(request), sid_of(request)))
        return {'found': done.rowcount > 0}

    def destroy(self, request):
        self.db.execute(
            'DELETE FROM sessions WHERE namespace = ? AND sid = ?',
            (self.live(request)[0], sid_of(request)))

    def all(self, request):
        rows = self.db.execute(
            f'SELECT sid, data, cookie FROM sessions '
            f'WHERE {LIVE} AND json_valid(data)', self.live(request))
        return {'sessions': [{'sid': sid.decode(), 'session': joined(*texts)}
                             for sid, *texts in rows]}

    def length(self, request):
        return {'length': self.db.execute(
            f'SELECT count(*) FROM sessions WHERE {LIVE} AND json_valid(data)',
            self.live(request)).fetchone()[0]}

    def clear(self, request):
        self.db.execute('DELETE FROM sessions WHERE namespace = ?',
                        self.live(request)[:1])

    def reap(self, request):
        """Frees what has expired: the host calls it now and then."""
        done = self.db.execute(
            'DELETE FROM sessions WHERE namespace = ? AND expires <= ?',
            self.live(request))
        return {'count': done.rowcount}

    def spoil(self, request):
        """For tests alone: leaves what no set wrote, as a crash might."""
        done = self.db.execute(
            f"UPDATE sessions SET data = '{{' WHERE {LIVE} AND sid = ?",
            (*self.live(request), sid_of(request)))
        return {'found': done.rowcount > 0}

    def live(self, request):
        """The two values that LIVE asks for."""
        return self.namespaces[request['instance']], request['now']


OPERATIONS = ['open', 'close', 'get', 'set', 'destroy', 'touch', 'all',
              'length', 'clear', 'reap', 'spoil']


def sid_of(request):
    return request['sid'].encode()


def split(session):
    """Data and cookie; what is no object has none."""
    if not isinstance(session, dict):
        return json.dumps(session), None
    data = {name: session[name] for name in session if name != 'cookie'}
    cookie = session.get('cookie')
    return json.dumps(data), None if cookie is None else json.dumps(cookie)


def joined(data, cookie):
    try:
        session = json.loads(data)
    except ValueError as error:
        raise Failure(f'the session is not whole: {error}', 'ECORRUPT')
    if cookie is not None:
        session['cookie'] = json.loads(cookie)
    return session


def answer(store, request):
    try:
        result = getattr(store, request['op'])(request) or {}
    except Failure as failure:
        result = {'error': {'message': str(failure), 'code': failure.code}}
    except Exception as error:  # a call fails, the store goes on
        result = {'error': {'message': f'{type(error).__name__}: {error}'}}
    return {'id': request['id'], **result}


def say(message):
    print(json.dumps(message), flush=True)


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else ':memory:'
    store = Store(path)
    say({'protocol': 1, 'name': 'mystore', 'version': sqlite3.sqlite_version,
         'operations': OPERATIONS, 'clock': 'host',
         'capabilities': ['namespace', 'shared', 'binary-sid']
                         + (['durable'] if path != ':memory:' else [])})
    for line in sys.stdin.buffer:
        say(answer(store, json.loads(line)))


main()
