# hk-local's completion for bash 3.2 and later. In ~/.bashrc:
#     eval "$(hk-local completion bash)"
# Written by python -m emulator.cli.generate.

# Sets, for a command: its options, ` -d=dynos ` for each that takes a value, the want of its words.
_hk_local_syntax() {
    options='--help' values=' ' want=''
    case $1 in
        start)
            options='--procfile --env --formation --only --except --heroku-formation --port --host --tls --forwarded-proto --router-log --no-router --api-port --strict-bind --pace --time-scale --reload --no-reload --no-prefix --timestamps --log-size --detach --ephemeral --in-place --app --dir --help' values=' --procfile=files -f=files --env=files -e=files --formation=quantities -m=quantities --only=types --except=types --port= -p= --host=0.0.0.0,127.0.0.1 --forwarded-proto=http,https --router-log=2.0,legacy --api-port= --pace=heroku --time-scale= --reload=types --timestamps=heroku,time,none --log-size= --app= -a= --dir=folders -C=folders ' want='types'
            ;;
        stop)
            options='--kill --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        status)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        deploy)
            options='--no-wait --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        git:remote)
            options='--remote --app --dir --help' values=' --remote= -r= --app= -a= --dir=folders -C=folders ' want=''
            ;;
        ps)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want='types'
            ;;
        ps:scale | dyno:scale | scale)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want='quantities'
            ;;
        ps:restart | dyno:restart | restart)
            options='--dyno-name --process-type --app --dir --help' values=' --dyno-name=dynos -d=dynos --process-type=types -p=types --app= -a= --dir=folders -C=folders ' want='dynos'
            ;;
        ps:stop | dyno:stop | ps:kill | dyno:kill | kill)
            options='--dyno-name --process-type --app --dir --help' values=' --dyno-name=dynos -d=dynos --process-type=types -p=types --app= -a= --dir=folders -C=folders ' want='dynos'
            ;;
        ps:type | ps:resize | dyno:resize | resize | dyno:type)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want='eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl'
            ;;
        ps:wait)
            options='--type --with-run --app --dir --help' values=' --type=types -t=types --app= -a= --dir=folders -C=folders ' want=''
            ;;
        ps:cycle)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want='targets'
            ;;
        usage)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        logs)
            options='--num --tail --source --dyno-name --process-type --since --grep --json --app --dir --help' values=' --num= -n= --source=app,heroku -s=app,heroku --dyno-name=dynos --dyno=dynos -d=dynos --process-type=types --ps=types -p=types --since= --grep= --app= -a= --dir=folders -C=folders ' want=''
            ;;
        drains)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        drains:add)
            options='--format --app --dir --help' values=' --format=rfc5424 --app= -a= --dir=folders -C=folders ' want=''
            ;;
        drains:remove)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        run)
            options='--env --no-tty --size --type --app --dir --help' values=' --env= -e= --size=eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl -s=eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl --type=types --app= -a= --dir=folders -C=folders ' want='commands'
            ;;
        run:detached)
            options='--env --size --type --tail --app --dir --help' values=' --env= -e= --size=eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl -s=eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl --type=types --app= -a= --dir=folders -C=folders ' want='commands'
            ;;
        console)
            options='--env --size --app --dir --help' values=' --env= -e= --size=eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl -s=eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl --app= -a= --dir=folders -C=folders ' want=''
            ;;
        run:inside)
            options='--env --no-tty --app --dir --help' values=' --env= -e= --app= -a= --dir=folders -C=folders ' want='dynos'
            ;;
        ps:exec | dyno:exec)
            options='--dyno --status --app --dir --help' values=' --dyno=dynos -d=dynos --app= -a= --dir=folders -C=folders ' want='commands'
            ;;
        releases)
            options='--num --json --app --dir --help' values=' --num= -n= --app= -a= --dir=folders -C=folders ' want=''
            ;;
        releases:info)
            options='--json --shell --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        releases:output)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        releases:rollback | rollback)
            options='--no-wait --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        releases:retry)
            options='--no-wait --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        addons)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        addons:create)
            options='--as --name --version --wait --app --dir --help' values=' --as= --name= --version= --app= -a= --dir=folders -C=folders ' want='heroku-redis,heroku-postgresql,scheduler'
            ;;
        addons:info)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        addons:upgrade | addons:downgrade)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        addons:attach)
            options='--as --confirm --app --dir --help' values=' --as= --confirm= -c= --app= -a= --dir=folders -C=folders ' want=''
            ;;
        addons:detach)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        addons:destroy)
            options='--confirm --app --dir --help' values=' --confirm= -c= --app= -a= --dir=folders -C=folders ' want=''
            ;;
        addons:wait)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        addons:services)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        addons:plans)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want='heroku-redis,heroku-postgresql'
            ;;
        addons:docs)
            options='--show-url --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want='heroku-redis,heroku-postgresql'
            ;;
        addons:open)
            options='--show-url --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        redis:info | redis)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        redis:cli)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        redis:promote)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        pg:info | pg)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        pg:psql | psql)
            options='--command --file --app --dir --help' values=' --command= -c= --file=files -f=files --app= -a= --dir=folders -C=folders ' want=''
            ;;
        pg:promote)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        scheduler)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        scheduler:add)
            options='--every --at --size --app --dir --help' values=' --every=10m,hour,day --at= --size=eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl -s=eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl --app= -a= --dir=folders -C=folders ' want='commands'
            ;;
        scheduler:remove)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        scheduler:run)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        scheduler:open)
            options='--print --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        apps:info | info)
            options='--json --shell --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        apps:rename | rename)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        apps:destroy | destroy | apps:delete)
            options='--confirm --app --dir --help' values=' --confirm= -c= --app= -a= --dir=folders -C=folders ' want=''
            ;;
        config)
            options='--json --shell --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        config:get)
            options='--json --shell --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        config:set | config:add)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        config:unset | config:remove)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        config:edit)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        open | apps:open)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        maintenance)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        maintenance:on)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        maintenance:off)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        features)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        labs)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        features:info)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want='preboot,http-session-affinity'
            ;;
        features:enable | labs:enable)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want='preboot,http-session-affinity'
            ;;
        features:disable | labs:disable)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want='preboot,http-session-affinity'
            ;;
        domains)
            options='--json --app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        domains:add)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        domains:remove)
            options='--app --dir --help' values=' --app= -a= --dir=folders -C=folders ' want=''
            ;;
        heroku)
            options=' --help' values=' ' want=''
            ;;
        env)
            options='--shell --json --unset --app --dir --help' values=' --shell=sh,fish --app= -a= --dir=folders -C=folders ' want=''
            ;;
        version)
            options=' --help' values=' ' want=''
            ;;
        completion)
            options=' --help' values=' ' want='bash,zsh,fish'
            ;;
    esac
}

_hk_local_names() {
    HK_LOCAL_DIR=$dir "$program" _complete "$1" 2>/dev/null
}

# What is wanted once all words before the current one are read.
_hk_local_want() {
    local i word
    for ((i = 2; i < last; i++)); do
        word=${words[i]}
        case $values in
            *" $word="*)
                case $word in -C | --dir) dir=${words[i + 1]/#\~/$HOME} ;; esac
                i=$((i + 1))
                ;;
            *)
                case $want,$word in
                    commands,--) ;;
                    commands,[!-]*) want=files options='' ;;
                esac
                ;;
        esac
    done
    case $current in
        --*=*) previous=${current%%=*} current=${current#*=} ;;
    esac
    case $values in
        *" $previous="*) want=${values#*" $previous="} want=${want%% *} ;;
        *) case $current in -*) want=${options// /,} ;; esac ;;
    esac
}

_hk_local() {
    COMPREPLY=()
    local program=$1 dir=${HK_LOCAL_DIR-} line=${COMP_LINE:0:COMP_POINT}
    local options values want previous candidates item
    local -a words
    read -r -a words <<<"$line"
    case $line in *[[:space:]]) words+=('') ;; esac
    local last=$((${#words[@]} - 1))
    local current=${words[last]} whole=${words[last]}
    if ((last < 2)); then
        want='start,stop,status,deploy,git:remote,ps,ps:scale,ps:restart,ps:stop,ps:type,ps:wait,ps:cycle,usage,logs,drains,drains:add,drains:remove,run,run:detached,console,run:inside,ps:exec,releases,releases:info,releases:output,releases:rollback,releases:retry,addons,addons:create,addons:info,addons:upgrade,addons:attach,addons:detach,addons:destroy,addons:wait,addons:services,addons:plans,addons:docs,addons:open,redis:info,redis:cli,redis:promote,pg:info,pg:psql,pg:promote,scheduler,scheduler:add,scheduler:remove,scheduler:run,scheduler:open,apps:info,apps:rename,apps:destroy,config,config:get,config:set,config:unset,config:edit,open,maintenance,maintenance:on,maintenance:off,features,labs,features:info,features:enable,features:disable,domains,domains:add,domains:remove,heroku,env,version,completion,--help,--version'
    else
        previous=${words[last - 1]}
        _hk_local_syntax "${words[1]}"
        _hk_local_want
    fi
    case $want in
        files | folders | commands)
            local action=-f
            case $want in
                folders) action=-d ;;
                commands) action=-c candidates=$(_hk_local_names types) ;;
            esac
            compopt -o filenames 2>/dev/null
            while IFS= read -r item; do
                COMPREPLY+=("$item")
            done < <(compgen $action -- "$current"; compgen -W "$candidates" -- "$current")
            return
            ;;
        dynos | types) candidates=$(_hk_local_names $want) ;;
        targets) candidates="$(_hk_local_names dynos) $(_hk_local_names types)" ;;
        quantities)
            case $current in *=*) return ;; esac
            for item in $(_hk_local_names types); do candidates+=" $item="; done
            compopt -o nospace 2>/dev/null
            ;;
        *) candidates=${want//,/ } ;;
    esac
    COMPREPLY=($(compgen -W "$candidates" -- "$current"))
    local breaks=${COMP_WORDBREAKS//[^:=]/}
    if [[ $breaks && $whole == *[$breaks]* ]]; then
        local prefix=${whole%"${whole##*[$breaks]}"}
        COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
    fi
}

complete -F _hk_local hk-local
