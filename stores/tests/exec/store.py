"""store.py: a program of a store, for test_exec.c, that does what it is told

A session whose id is the name of a function here is not looked up: the function
says what comes of the `get`, by what it writes. The first argument, if any, is
how it begins: a function of BEGINNINGS.
"""
import json
import os
import signal
import sys
import time

sessions = {}
opened = {}
last_set = None
held = []
broken = set()

HELLO = {'protocol': 1, 'name': 'told', 'version': '1.2', 'clock': 'host',
         'operations': ['open', 'close', 'get', 'set', 'destroy', 'touch',
                        'all', 'length', 'reap', 'break', 'mend', 'dance'],
         'capabilities': ['namespace', 'binary-sid', 'host-clock', 'reap',
                          'singing'],
         'resolution': 1000,
         'licence': [{'checks': 'STO-31', 'why': 'it says so', 'source': 'x'}]}


def say(*messages):
    """All in one write, so that the host reads them together."""
    text = ''.join(m if isinstance(m, str) else json.dumps(m) + '\n'
                   for m in messages)
    sys.stdout.write(text)
    sys.stdout.flush()


def hit(request, **data):
    return {'id': request['id'], 'session': data}


def miss(request):
    return {'id': request['id'], 'session': None}


# ---- What a get may do ----------------------------------------------------

def about(request):
    say(hit(request, pid=os.getpid(), set=last_set,
            opened=opened[request['instance']]))


def aborts(request):
    os.kill(os.getpid(), signal.SIGABRT)


def exits(request):
    os._exit(3)


def answers_and_exits(request):
    say(miss(request))
    os._exit(0)


def closes_stdout(request):
    os.close(1)
    time.sleep(60)


def closes_stdin(request):
    say(miss(request))
    os.close(0)
    time.sleep(60)


def prints(request):
    say('debug: it is \u00e9 here\n')


def gives_an_array(request):
    say('[1]\n')


def is_cut_short(request):
    say('{"id": %d, "session": {"n": \n' % request['id'])


def is_silent(request):
    held.append(request)


def answers_the_silent(request):
    while held:
        say(miss(held.pop(0)))
    say(miss(request))


def waits_for_32(request):
    held.append(request)
    if len(held) == 32:
        while held:
            last = held.pop()
            say(hit(last, now=last['now']))


def answers_twice(request):
    say(miss(request), miss(request))


def answers_another(request):
    say({'id': request['id'] + 1000, 'session': None})


def answers_a_text(request):
    say({'id': str(request['id']), 'session': None})


def answers_nobody(request):
    say({'session': None})


def has_no_session(request):
    say({'id': request['id']})


def has_an_odd_error(request):
    say({'id': request['id'], 'error': 'full'})


def fails(request):
    say({'id': request['id'],
         'error': {'message': 'no room\nfor \u00e9', 'code': 'ENOSPC'}})


def fails_at_length(request):
    say({'id': request['id'],
         'error': {'message': '\u00e9' * 5000, 'code': 'ECORRUPT'}})


def fills_stderr(request):
    for i in range(50000):
        sys.stderr.write(f'line {i} of very many\n')
    sys.stderr.write('x' * 100000 + '\n')
    sys.stderr.flush()
    say(miss(request))


def goes_down(request):
    say({'event': 'disconnect'}, miss(request))


def comes_up(request):
    say({'event': 'connect', 'instance': request['instance']}, miss(request))


def tells_others(request):
    say({'event': 'disconnect', 'instance': 'nobody'}, miss(request))


def has_an_odd_event(request):
    say({'event': 'expired'}, miss(request))


def writes_too_long_a_line(request):
    for _ in range(65):
        sys.stdout.write('x' * (1 << 20))
    say('\n')


def writes_blank_lines(request):
    say('\n', '\r\n', json.dumps(miss(request)) + '\r\n')


def has_big_numbers(request):
    say('{"id":%d,"session":{"cookie":{},"n":12345678901234567890,"m":7,'
        '"f":0.1}}\n' % request['id'])


# ---- How it may begin -----------------------------------------------------

def ignores_all_signs():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say(HELLO)
    while True:
        line = sys.stdin.readline()
        if line:
            answer(json.loads(line))
        else:
            time.sleep(60)


def has_a_child():
    if os.fork() == 0:
        while True:
            time.sleep(60)


def says_another_hello_each_time():
    """A program that was started before it has left a file."""
    path = sys.argv[2]
    hello = dict(HELLO)
    if os.path.exists(path):
        hello['operations'] = HELLO['operations'][:5]
    open(path, 'w').close()
    say(hello)
    serve()
    sys.exit()


def fails_to_open_again():
    path = sys.argv[2]
    if os.path.exists(path):
        del globals()['do_open']
    open(path, 'w').close()


# ---- A store --------------------------------------------------------------

def do_open(request):
    opened[request['instance']] = request
    return {}


def do_close(request):
    del opened[request['instance']]
    return {}


def do_get(request):
    return {'session': sessions.get(request['sid'])}


def do_set(request):
    global last_set
    last_set = request
    sessions[request['sid']] = request['session']
    return {}


def do_touch(request):
    global last_set
    last_set = request
    return {'found': 'maybe' if request['sid'] == 'odd'
            else request['sid'] in sessions}


def do_destroy(request):
    sessions.pop(request['sid'], None)
    return {}


def do_all(request):
    if 'odd' in sessions:
        return {'sessions': ['odd']}
    return {'sessions': [{'session': session} for session in sessions.values()]}


def do_length(request):
    return {'length': -1 if 'odd' in sessions else len(sessions)}


def do_break(request):
    broken.add(request['instance'])
    return {}


def do_mend(request):
    broken.discard(request['instance'])
    return {}


def do_reap(request):
    return {'count': 2}


def answer(request):
    function = globals().get(request.get('sid', ''))
    if request['op'] == 'get' and function:
        function(request)
    elif request['op'] == 'get' and request['instance'] in broken:
        say({'id': request['id'], 'error': {'message': 'it is broken'}})
    elif 'do_' + request['op'] in globals():
        say({'id': request['id'], **globals()['do_' + request['op']](request)})
    else:
        say({'id': request['id'],
             'error': {'message': 'not today', 'code': 'EACCES'}})


def serve():
    for line in sys.stdin:
        answer(json.loads(line))


if len(sys.argv) > 1:
    globals()[sys.argv[1]]()
say(HELLO)
serve()
