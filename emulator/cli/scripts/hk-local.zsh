#compdef hk-local
# hk-local's completion for zsh. In ~/.zshrc:
#     source <(hk-local completion zsh)
# Written by python -m emulator.cli.generate.

# Sets, for a command: its options, the wants of those that take a value, and of its words.
_hk_local_syntax() {
    case $1 in
        start)
            options=('--procfile:The Procfile' '--env:Instead of .env; repeatable, the last wins' '--formation:Dynos of each type; or all=1' '--only:Run only these process types' '--except:Run all but these process types' '--heroku-formation:At first web at 1 and all others at 0, as on Heroku' '--port:Port of the app; else $PORT of .env, else 5000 or the next that is free' '--host:Listen there, as on 0.0.0.0; else on loopback only' '--tls:Serve the app over https, with a certificate of this machine' '--forwarded-proto:What X-Forwarded-Proto says, whatever the truth is' '--router-log:Router lines as of Heroku'\''s Router 2.0 or of the legacy one' '--no-router:Web dynos are reached at ports of their own; web.1 at --port' '--api-port:Port of the API, for the Heroku CLI; else any, and the same at the next start' '--strict-bind:A web dyno that listens on loopback only gets R10' '--pace:Take as long as Heroku takes' '--time-scale:Cycling, cool-off, idling and Scheduler N times faster' '--reload:Restart these at a change of code; else all whose command does not reload itself' '--no-reload:An edit of code, Procfile or .env restarts nothing' '--no-prefix:Lines as the dynos write them, without their names' '--timestamps:The time before each line: in full, of the day, or none' '--log-size:Most that the log history may take' '--detach:Return once every dyno is up; run in the background' '--ephemeral:Each dyno gets a copy of the folder of its own, gone when it ends' '--in-place:Run this folder, though something else was deployed last' '--app:Name of the app' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--procfile 'files' -f 'files' --env 'files' -e 'files' --formation 'quantities' -m 'quantities' --only 'types' --except 'types' --port '' -p '' --host '0.0.0.0,127.0.0.1' --forwarded-proto 'http,https' --router-log '2.0,legacy' --api-port '' --pace 'heroku' --time-scale '' --reload 'types' --timestamps 'heroku,time,none' --log-size '' --app '' -a '' --dir 'folders' -C 'folders')
            positional='types'
            ;;
        stop)
            options=('--kill:Do not wait for the dynos' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        status)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        deploy)
            options=('--no-wait:Return once it is released, before its dynos are up' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        git:remote)
            options=('--remote:Name of the git remote' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--remote '' -r '' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        ps)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional='types'
            ;;
        ps:scale | dyno:scale | scale)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional='quantities'
            ;;
        ps:restart | dyno:restart | restart)
            options=('--dyno-name:This dyno' '--process-type:All dynos of this type' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--dyno-name 'dynos' -d 'dynos' --process-type 'types' -p 'types' --app '' -a '' --dir 'folders' -C 'folders')
            positional='dynos'
            ;;
        ps:stop | dyno:stop | ps:kill | dyno:kill | kill)
            options=('--dyno-name:This dyno' '--process-type:All dynos of this type' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--dyno-name 'dynos' -d 'dynos' --process-type 'types' -p 'types' --app '' -a '' --dir 'folders' -C 'folders')
            positional='dynos'
            ;;
        ps:type | ps:resize | dyno:resize | resize | dyno:type)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional='eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl'
            ;;
        ps:wait)
            options=('--type:Only dynos of this process type' '--with-run:Wait for one-off dynos, too' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--type 'types' -t 'types' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        ps:cycle)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional='targets'
            ;;
        usage)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        logs)
            options=('--num:Last lines to show; 100 if not said' '--tail:Go on with what comes' '--source:Only of app, or of heroku' '--dyno-name:Only of this dyno' '--process-type:Only of this process type' '--since:Only of the last seconds, minutes, hours (s, m, h)' '--grep:Only lines that contain the text' '--json:A JSON object a line' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--num '' -n '' --source 'app,heroku' -s 'app,heroku' --dyno-name 'dynos' --dyno 'dynos' -d 'dynos' --process-type 'types' --ps 'types' -p 'types' --since '' --grep '' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        drains)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        drains:add)
            options=('--format:For receivers that refuse Heroku'\''s dialect of syslog' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--format 'rfc5424' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        drains:remove)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        run)
            options=('--env:Set variables for this one-off; repeatable' '--no-tty:Pipes, even where there is a terminal' '--size:Dyno size' '--type:Process type of the dyno' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--env '' -e '' --size 'eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl' -s 'eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl' --type 'types' --app '' -a '' --dir 'folders' -C 'folders')
            positional='commands'
            ;;
        run:detached)
            options=('--env:Set variables for this one-off; repeatable' '--size:Dyno size' '--type:Process type of the dyno' '--tail:Show its log' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--env '' -e '' --size 'eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl' -s 'eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl' --type 'types' --app '' -a '' --dir 'folders' -C 'folders')
            positional='commands'
            ;;
        console)
            options=('--env:Set variables for this one-off; repeatable' '--size:Dyno size' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--env '' -e '' --size 'eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl' -s 'eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        run:inside)
            options=('--env:Set variables for this one-off; repeatable' '--no-tty:Pipes, even where there is a terminal' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--env '' -e '' --app '' -a '' --dir 'folders' -C 'folders')
            positional='dynos'
            ;;
        ps:exec | dyno:exec)
            options=('--dyno:Which dyno' '--status:List the dynos that it can go to' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--dyno 'dynos' -d 'dynos' --app '' -a '' --dir 'folders' -C 'folders')
            positional='commands'
            ;;
        releases)
            options=('--num:How many releases' '--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--num '' -n '' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        releases:info)
            options=('--json:Print JSON, as the Platform API has it' '--shell:Config vars as a shell reads them' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        releases:output)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        releases:rollback | rollback)
            options=('--no-wait:Return once it is released, before its dynos are up' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        releases:retry)
            options=('--no-wait:Return once it is released, before its dynos are up' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        addons)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        addons:create)
            options=('--as:Name for the config vars' '--name:Name of the add-on itself' '--version:Version of PostgreSQL' '--wait:Wait until it can be used' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--as '' --name '' --version '' --app '' -a '' --dir 'folders' -C 'folders')
            positional='heroku-redis,heroku-postgresql,scheduler'
            ;;
        addons:info)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        addons:upgrade | addons:downgrade)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        addons:attach)
            options=('--as:Name for the config vars' '--confirm:The app'\''s name: yes, do it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--as '' --confirm '' -c '' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        addons:detach)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        addons:destroy)
            options=('--confirm:The app'\''s name: yes, do it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--confirm '' -c '' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        addons:wait)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        addons:services)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        addons:plans)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional='heroku-redis,heroku-postgresql'
            ;;
        addons:docs)
            options=('--show-url:Print the URL instead' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional='heroku-redis,heroku-postgresql'
            ;;
        addons:open)
            options=('--show-url:Print the URL instead' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        redis:info | redis)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        redis:cli)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        redis:promote)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        pg:info | pg)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        pg:psql | psql)
            options=('--command:Run this and exit' '--file:Run this file and exit' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--command '' -c '' --file 'files' -f 'files' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        pg:promote)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        scheduler)
            options=('--json:Print JSON' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        scheduler:add)
            options=('--every:How often' '--at:In UTC: :00, :10 ... of an hour, 02:30 of a day' '--size:Dyno size' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--every '10m,hour,day' --at '' --size 'eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl' -s 'eco,basic,standard-1x,standard-2x,performance-m,performance-l,performance-l-ram,performance-xl,performance-2xl' --app '' -a '' --dir 'folders' -C 'folders')
            positional='commands'
            ;;
        scheduler:remove)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        scheduler:run)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        scheduler:open)
            options=('--print:Print the address, do not open a browser' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        apps:info | info)
            options=('--json:Print JSON' '--shell:Print lines that a shell can read' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        apps:rename | rename)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        apps:destroy | destroy | apps:delete)
            options=('--confirm:The name, so as not to be asked' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--confirm '' -c '' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        config)
            options=('--json:Print JSON' '--shell:Print lines that a shell can read' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        config:get)
            options=('--json:Print JSON' '--shell:Print lines that a shell can read' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        config:set | config:add)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        config:unset | config:remove)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        config:edit)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        open | apps:open)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        maintenance)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        maintenance:on)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        maintenance:off)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        features)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        labs)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        features:info)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional='preboot,http-session-affinity'
            ;;
        features:enable | labs:enable)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional='preboot,http-session-affinity'
            ;;
        features:disable | labs:disable)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional='preboot,http-session-affinity'
            ;;
        domains)
            options=('--json:Print JSON, as the Platform API has it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        domains:add)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        domains:remove)
            options=('--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        heroku)
            options=()
            wants=()
            positional=''
            ;;
        env)
            options=('--shell:Whose syntax: sh (bash, zsh) or fish' '--json:Print the variables as JSON' '--unset:Print what undoes it' '--app:App to ask' '--dir:The app'\''s folder, if not the current one or one above it (also $HK_LOCAL_DIR)')
            wants=(--shell 'sh,fish' --app '' -a '' --dir 'folders' -C 'folders')
            positional=''
            ;;
        version)
            options=()
            wants=()
            positional=''
            ;;
        completion)
            options=()
            wants=()
            positional='bash,zsh,fish'
            ;;
    esac
    options+=('--help:Explain the command')
}

_hk_local_names() {
    local -a names
    names=(${(f)"$(HK_LOCAL_DIR=$dir $program _complete $1 2>/dev/null)"})
    compadd "${@:2}" -a names
}

_hk_local() {
    local program=$words[1] dir=$HK_LOCAL_DIR positional key i
    local -a commands options
    local -A wants
    if (( CURRENT == 2 )); then
        commands=(
            'start:Run the app, a dyno of each process type, and show its log'
            'stop:Stop the emulator and all dynos'
            'status:Tell what runs here: the app, its address, its release'
            'deploy:Build the code in the app'\''s folder and run it, as a release'
            'git\:remote:Add a git remote; a push of main to it deploys the commit'
            'ps:List the dynos and their states'
            'ps\:scale:Run more or fewer dynos of a process type, or of another size'
            'ps\:restart:Restart dynos'
            'ps\:stop:Stop dynos; those of the formation are started again'
            'ps\:type:Show or change dyno sizes'
            'ps\:wait:Wait until every dyno runs the latest release'
            'ps\:cycle:Cycle dynos now, not only once a day'
            'usage:Show dyno hours, and what they would have cost on Heroku'
            'logs:Show the log of the dynos and of the platform'
            'drains:List the log drains, and how each one does'
            'drains\:add:Send the log, from now on, to a receiver of yours'
            'drains\:remove:Send nothing more to that receiver'
            'run:Run a command in a one-off dyno, attached to this terminal'
            'run\:detached:Run a command in a one-off dyno whose output goes to the log'
            'console:Run the Procfile'\''s `console` in a one-off, attached'
            'run\:inside:Run a command beside a dyno, attached'
            'ps\:exec:Open a shell beside a dyno, or run a command there'
            'releases:List the releases'
            'releases\:info:Show a release, with its config vars as they were then'
            'releases\:output:Show what a release'\''s command has written, until it ends'
            'releases\:rollback:Release the code and config vars of an earlier release again'
            'releases\:retry:Run the last release'\''s command once more'
            'addons:List the add-ons and how they are'
            'addons\:create:Run a server for the app: Redis, Postgres, or your own'
            'addons\:info:Show an add-on'
            'addons\:upgrade:Change an add-on'\''s plan, up or down'
            'addons\:attach:Give an add-on one more name, with config vars of its own'
            'addons\:detach:Take a name, and its config vars, from an add-on'
            'addons\:destroy:Stop an add-on and delete its data, for good'
            'addons\:wait:Wait until add-ons can be used'
            'addons\:services:List what can be had'
            'addons\:plans:List the plans of a service and their limits'
            'addons\:docs:Open Heroku'\''s article about a service in the browser'
            'addons\:open:Open an add-on'\''s page in the browser'
            'redis\:info:Show each Redis: version, connections, memory'
            'redis\:cli:Talk to a Redis'
            'redis\:promote:Make a Redis the one that REDIS_URL means'
            'pg\:info:Show each Postgres: version, connections, size'
            'pg\:psql:Talk to a Postgres, with a psql that fits the server'
            'pg\:promote:Make a Postgres the one that DATABASE_URL means'
            'scheduler:List the scheduled jobs'
            'scheduler\:add:Run a command every 10 minutes, every hour or every day'
            'scheduler\:remove:Remove a scheduled job; a run that is under way goes on'
            'scheduler\:run:Run a scheduled job now, besides when it is due'
            'scheduler\:open:Open the page of the scheduled jobs in a browser'
            'apps\:info:Show where the app'\''s web is, how many dynos it has, and more'
            'apps\:rename:Give the app another name than its folder'\''s'
            'apps\:destroy:Stop the app and delete what hk-local knows of it'
            'config:Show the config vars of the current release'
            'config\:get:Print the value of a config var'
            'config\:set:Set config vars'
            'config\:unset:Remove config vars'
            'config\:edit:Edit the config vars in $VISUAL or $EDITOR'
            'open:Open the app in a browser'
            'maintenance:Tell whether maintenance mode is on or off'
            'maintenance\:on:Answer every request with the maintenance page (H80)'
            'maintenance\:off:Let requests reach the web dynos again'
            'features:List the app'\''s features, and which are enabled'
            'labs:List the experimental features; features:enable takes them too'
            'features\:info:Tell what a feature is'
            'features\:enable:Enable a feature. Nothing restarts'
            'features\:disable:Disable a feature. Nothing restarts'
            'domains:List the host names by which the app is reached'
            'domains\:add:Let the router take requests for a name'
            'domains\:remove:Let the router refuse requests for a name again'
            'heroku:Run the official Heroku CLI against the running app'
            'env:Print the environment that leads `heroku` to the running app'
            'version:Print the version of hk-local, the system and Python'
            'completion:Print the script that makes TAB complete'
        )
        _describe -t commands 'command' commands
        return
    fi
    _hk_local_syntax $words[2]
    for (( i = 3; i < CURRENT; i++ )); do
        if (( $+wants[$words[i]] )); then
            [[ $words[i] == (-C|--dir) ]] && dir=${~words[i+1]}
            (( i++ ))
        elif [[ $positional == commands && $words[i] != -* ]]; then
            shift $(( i - 1 )) words
            (( CURRENT -= i - 1 ))
            _normal
            return
        fi
    done
    key=$words[CURRENT-1]
    if [[ $words[CURRENT] == --*=* ]]; then
        key=${words[CURRENT]%%=*}
        compset -P '*='
    fi
    if (( $+wants[$key] )); then
        positional=$wants[$key]
    elif [[ $words[CURRENT] == -* ]]; then
        _describe -o 'option' options
        return
    fi
    case $positional in
        '') return 1 ;;
        files) _files ;;
        folders) _files -/ ;;
        commands)
            _hk_local_names types
            _command_names -e
            ;;
        dynos | types) _hk_local_names $positional ;;
        targets)
            _hk_local_names dynos
            _hk_local_names types
            ;;
        quantities) _hk_local_names types -S = ;;
        *) compadd -- ${(s:,:)positional} ;;
    esac
}

if [[ $funcstack[1] == _hk-local ]]; then
    _hk_local "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef _hk_local hk-local
fi
