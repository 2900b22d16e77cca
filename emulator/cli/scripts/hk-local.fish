# hk-local's completion for fish. In ~/.config/fish/config.fish:
#     hk-local completion fish | source
# Written by python -m emulator.cli.generate.

function __hk_local_names
    set -l words (commandline -opc)
    set -l dir $HK_LOCAL_DIR
    for i in (seq 2 (count $words))
        if contains -- $words[$i] -C --dir
            set dir (string replace -r '^~' $HOME -- $words[(math $i + 1)])
        end
    end
    HK_LOCAL_DIR=$dir $words[1] _complete $argv[1] 2>/dev/null
end

function __hk_local_quantities
    __hk_local_names types | string replace -r '$' '='
end

function __hk_local_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end

complete -c hk-local -f
complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -l version -d 'Print the version'
complete -c hk-local -l help -d 'Explain the command'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'start' -d 'Run the app, a dyno of each process type, and show its log'
complete -c hk-local -n '__hk_local_is start' -l procfile -s f -r -F -d 'The Procfile'
complete -c hk-local -n '__hk_local_is start' -l env -s e -r -F -d 'Instead of .env; repeatable, the last wins'
complete -c hk-local -n '__hk_local_is start' -l formation -s m -x -a '(__hk_local_quantities)' -d 'Dynos of each type; or all=1'
complete -c hk-local -n '__hk_local_is start' -l only -x -a '(__hk_local_names types)' -d 'Run only these process types'
complete -c hk-local -n '__hk_local_is start' -l except -x -a '(__hk_local_names types)' -d 'Run all but these process types'
complete -c hk-local -n '__hk_local_is start' -l heroku-formation -d 'At first web at 1 and all others at 0, as on Heroku'
complete -c hk-local -n '__hk_local_is start' -l port -s p -x -d 'Port of the app; else $PORT of .env, else 5000 or the next that is free'
complete -c hk-local -n '__hk_local_is start' -l host -x -a '0.0.0.0 127.0.0.1' -d 'Listen there, as on 0.0.0.0; else on loopback only'
complete -c hk-local -n '__hk_local_is start' -l tls -d 'Serve the app over https, with a certificate of this machine'
complete -c hk-local -n '__hk_local_is start' -l forwarded-proto -x -a 'http https' -d 'What X-Forwarded-Proto says, whatever the truth is'
complete -c hk-local -n '__hk_local_is start' -l router-log -x -a '2.0 legacy' -d 'Router lines as of Heroku\'s Router 2.0 or of the legacy one'
complete -c hk-local -n '__hk_local_is start' -l no-router -d 'Web dynos are reached at ports of their own; web.1 at --port'
complete -c hk-local -n '__hk_local_is start' -l api-port -x -d 'Port of the API, for the Heroku CLI; else any, and the same at the next start'
complete -c hk-local -n '__hk_local_is start' -l strict-bind -d 'A web dyno that listens on loopback only gets R10'
complete -c hk-local -n '__hk_local_is start' -l pace -x -a 'heroku' -d 'Take as long as Heroku takes'
complete -c hk-local -n '__hk_local_is start' -l time-scale -x -d 'Cycling, cool-off, idling and Scheduler N times faster'
complete -c hk-local -n '__hk_local_is start' -l reload -x -a '(__hk_local_names types)' -d 'Restart these at a change of code; else all whose command does not reload itself'
complete -c hk-local -n '__hk_local_is start' -l no-reload -d 'An edit of code, Procfile or .env restarts nothing'
complete -c hk-local -n '__hk_local_is start' -l no-prefix -d 'Lines as the dynos write them, without their names'
complete -c hk-local -n '__hk_local_is start' -l timestamps -x -a 'heroku time none' -d 'The time before each line: in full, of the day, or none'
complete -c hk-local -n '__hk_local_is start' -l log-size -x -d 'Most that the log history may take'
complete -c hk-local -n '__hk_local_is start' -l detach -s d -d 'Return once every dyno is up; run in the background'
complete -c hk-local -n '__hk_local_is start' -l ephemeral -d 'Each dyno gets a copy of the folder of its own, gone when it ends'
complete -c hk-local -n '__hk_local_is start' -l in-place -d 'Run this folder, though something else was deployed last'
complete -c hk-local -n '__hk_local_is start' -l app -s a -x -d 'Name of the app'
complete -c hk-local -n '__hk_local_is start' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is start' -a '(__hk_local_names types)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'stop' -d 'Stop the emulator and all dynos'
complete -c hk-local -n '__hk_local_is stop' -l kill -d 'Do not wait for the dynos'
complete -c hk-local -n '__hk_local_is stop' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is stop' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'status' -d 'Tell what runs here: the app, its address, its release'
complete -c hk-local -n '__hk_local_is status' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is status' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is status' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'deploy' -d 'Build the code in the app\'s folder and run it, as a release'
complete -c hk-local -n '__hk_local_is deploy' -l no-wait -d 'Return once it is released, before its dynos are up'
complete -c hk-local -n '__hk_local_is deploy' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is deploy' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'git:remote' -d 'Add a git remote; a push of main to it deploys the commit'
complete -c hk-local -n '__hk_local_is git:remote' -l remote -s r -x -d 'Name of the git remote'
complete -c hk-local -n '__hk_local_is git:remote' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is git:remote' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'ps' -d 'List the dynos and their states'
complete -c hk-local -n '__hk_local_is ps' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is ps' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is ps' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is ps' -a '(__hk_local_names types)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'ps:scale' -d 'Run more or fewer dynos of a process type, or of another size'
complete -c hk-local -n '__hk_local_is ps:scale dyno:scale scale' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is ps:scale dyno:scale scale' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is ps:scale dyno:scale scale' -a '(__hk_local_quantities)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'ps:restart' -d 'Restart dynos'
complete -c hk-local -n '__hk_local_is ps:restart dyno:restart restart' -l dyno-name -s d -x -a '(__hk_local_names dynos)' -d 'This dyno'
complete -c hk-local -n '__hk_local_is ps:restart dyno:restart restart' -l process-type -s p -x -a '(__hk_local_names types)' -d 'All dynos of this type'
complete -c hk-local -n '__hk_local_is ps:restart dyno:restart restart' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is ps:restart dyno:restart restart' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is ps:restart dyno:restart restart' -a '(__hk_local_names dynos)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'ps:stop' -d 'Stop dynos; those of the formation are started again'
complete -c hk-local -n '__hk_local_is ps:stop dyno:stop ps:kill dyno:kill kill' -l dyno-name -s d -x -a '(__hk_local_names dynos)' -d 'This dyno'
complete -c hk-local -n '__hk_local_is ps:stop dyno:stop ps:kill dyno:kill kill' -l process-type -s p -x -a '(__hk_local_names types)' -d 'All dynos of this type'
complete -c hk-local -n '__hk_local_is ps:stop dyno:stop ps:kill dyno:kill kill' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is ps:stop dyno:stop ps:kill dyno:kill kill' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is ps:stop dyno:stop ps:kill dyno:kill kill' -a '(__hk_local_names dynos)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'ps:type' -d 'Show or change dyno sizes'
complete -c hk-local -n '__hk_local_is ps:type ps:resize dyno:resize resize dyno:type' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is ps:type ps:resize dyno:resize resize dyno:type' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is ps:type ps:resize dyno:resize resize dyno:type' -a 'eco basic standard-1x standard-2x performance-m performance-l performance-l-ram performance-xl performance-2xl'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'ps:wait' -d 'Wait until every dyno runs the latest release'
complete -c hk-local -n '__hk_local_is ps:wait' -l type -s t -x -a '(__hk_local_names types)' -d 'Only dynos of this process type'
complete -c hk-local -n '__hk_local_is ps:wait' -l with-run -s R -d 'Wait for one-off dynos, too'
complete -c hk-local -n '__hk_local_is ps:wait' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is ps:wait' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'ps:cycle' -d 'Cycle dynos now, not only once a day'
complete -c hk-local -n '__hk_local_is ps:cycle' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is ps:cycle' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is ps:cycle' -a '(__hk_local_names dynos; __hk_local_names types)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'usage' -d 'Show dyno hours, and what they would have cost on Heroku'
complete -c hk-local -n '__hk_local_is usage' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is usage' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is usage' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'logs' -d 'Show the log of the dynos and of the platform'
complete -c hk-local -n '__hk_local_is logs' -l num -s n -x -d 'Last lines to show; 100 if not said'
complete -c hk-local -n '__hk_local_is logs' -l tail -s t -d 'Go on with what comes'
complete -c hk-local -n '__hk_local_is logs' -l source -s s -x -a 'app heroku' -d 'Only of app, or of heroku'
complete -c hk-local -n '__hk_local_is logs' -l dyno-name -l dyno -s d -x -a '(__hk_local_names dynos)' -d 'Only of this dyno'
complete -c hk-local -n '__hk_local_is logs' -l process-type -l ps -s p -x -a '(__hk_local_names types)' -d 'Only of this process type'
complete -c hk-local -n '__hk_local_is logs' -l since -x -d 'Only of the last seconds, minutes, hours (s, m, h)'
complete -c hk-local -n '__hk_local_is logs' -l grep -x -d 'Only lines that contain the text'
complete -c hk-local -n '__hk_local_is logs' -l json -d 'A JSON object a line'
complete -c hk-local -n '__hk_local_is logs' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is logs' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'drains' -d 'List the log drains, and how each one does'
complete -c hk-local -n '__hk_local_is drains' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is drains' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is drains' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'drains:add' -d 'Send the log, from now on, to a receiver of yours'
complete -c hk-local -n '__hk_local_is drains:add' -l format -x -a 'rfc5424' -d 'For receivers that refuse Heroku\'s dialect of syslog'
complete -c hk-local -n '__hk_local_is drains:add' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is drains:add' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'drains:remove' -d 'Send nothing more to that receiver'
complete -c hk-local -n '__hk_local_is drains:remove' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is drains:remove' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'run' -d 'Run a command in a one-off dyno, attached to this terminal'
complete -c hk-local -n '__hk_local_is run' -l env -s e -x -d 'Set variables for this one-off; repeatable'
complete -c hk-local -n '__hk_local_is run' -l no-tty -d 'Pipes, even where there is a terminal'
complete -c hk-local -n '__hk_local_is run' -l size -s s -x -a 'eco basic standard-1x standard-2x performance-m performance-l performance-l-ram performance-xl performance-2xl' -d 'Dyno size'
complete -c hk-local -n '__hk_local_is run' -l type -x -a '(__hk_local_names types)' -d 'Process type of the dyno'
complete -c hk-local -n '__hk_local_is run' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is run' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is run' -F -a '(__hk_local_names types; __fish_complete_command)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'run:detached' -d 'Run a command in a one-off dyno whose output goes to the log'
complete -c hk-local -n '__hk_local_is run:detached' -l env -s e -x -d 'Set variables for this one-off; repeatable'
complete -c hk-local -n '__hk_local_is run:detached' -l size -s s -x -a 'eco basic standard-1x standard-2x performance-m performance-l performance-l-ram performance-xl performance-2xl' -d 'Dyno size'
complete -c hk-local -n '__hk_local_is run:detached' -l type -x -a '(__hk_local_names types)' -d 'Process type of the dyno'
complete -c hk-local -n '__hk_local_is run:detached' -l tail -s t -d 'Show its log'
complete -c hk-local -n '__hk_local_is run:detached' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is run:detached' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is run:detached' -F -a '(__hk_local_names types; __fish_complete_command)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'console' -d 'Run the Procfile\'s `console` in a one-off, attached'
complete -c hk-local -n '__hk_local_is console' -l env -s e -x -d 'Set variables for this one-off; repeatable'
complete -c hk-local -n '__hk_local_is console' -l size -s s -x -a 'eco basic standard-1x standard-2x performance-m performance-l performance-l-ram performance-xl performance-2xl' -d 'Dyno size'
complete -c hk-local -n '__hk_local_is console' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is console' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'run:inside' -d 'Run a command beside a dyno, attached'
complete -c hk-local -n '__hk_local_is run:inside' -l env -s e -x -d 'Set variables for this one-off; repeatable'
complete -c hk-local -n '__hk_local_is run:inside' -l no-tty -d 'Pipes, even where there is a terminal'
complete -c hk-local -n '__hk_local_is run:inside' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is run:inside' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is run:inside' -a '(__hk_local_names dynos)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'ps:exec' -d 'Open a shell beside a dyno, or run a command there'
complete -c hk-local -n '__hk_local_is ps:exec dyno:exec' -l dyno -s d -x -a '(__hk_local_names dynos)' -d 'Which dyno'
complete -c hk-local -n '__hk_local_is ps:exec dyno:exec' -l status -d 'List the dynos that it can go to'
complete -c hk-local -n '__hk_local_is ps:exec dyno:exec' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is ps:exec dyno:exec' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is ps:exec dyno:exec' -F -a '(__hk_local_names types; __fish_complete_command)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'releases' -d 'List the releases'
complete -c hk-local -n '__hk_local_is releases' -l num -s n -x -d 'How many releases'
complete -c hk-local -n '__hk_local_is releases' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is releases' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is releases' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'releases:info' -d 'Show a release, with its config vars as they were then'
complete -c hk-local -n '__hk_local_is releases:info' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is releases:info' -l shell -s s -d 'Config vars as a shell reads them'
complete -c hk-local -n '__hk_local_is releases:info' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is releases:info' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'releases:output' -d 'Show what a release\'s command has written, until it ends'
complete -c hk-local -n '__hk_local_is releases:output' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is releases:output' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'releases:rollback' -d 'Release the code and config vars of an earlier release again'
complete -c hk-local -n '__hk_local_is releases:rollback rollback' -l no-wait -d 'Return once it is released, before its dynos are up'
complete -c hk-local -n '__hk_local_is releases:rollback rollback' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is releases:rollback rollback' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'releases:retry' -d 'Run the last release\'s command once more'
complete -c hk-local -n '__hk_local_is releases:retry' -l no-wait -d 'Return once it is released, before its dynos are up'
complete -c hk-local -n '__hk_local_is releases:retry' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is releases:retry' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons' -d 'List the add-ons and how they are'
complete -c hk-local -n '__hk_local_is addons' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is addons' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:create' -d 'Run a server for the app: Redis, Postgres, or your own'
complete -c hk-local -n '__hk_local_is addons:create' -l as -x -d 'Name for the config vars'
complete -c hk-local -n '__hk_local_is addons:create' -l name -x -d 'Name of the add-on itself'
complete -c hk-local -n '__hk_local_is addons:create' -l version -x -d 'Version of PostgreSQL'
complete -c hk-local -n '__hk_local_is addons:create' -l wait -d 'Wait until it can be used'
complete -c hk-local -n '__hk_local_is addons:create' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:create' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is addons:create' -a 'heroku-redis heroku-postgresql scheduler'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:info' -d 'Show an add-on'
complete -c hk-local -n '__hk_local_is addons:info' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is addons:info' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:info' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:upgrade' -d 'Change an add-on\'s plan, up or down'
complete -c hk-local -n '__hk_local_is addons:upgrade addons:downgrade' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:upgrade addons:downgrade' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:attach' -d 'Give an add-on one more name, with config vars of its own'
complete -c hk-local -n '__hk_local_is addons:attach' -l as -x -d 'Name for the config vars'
complete -c hk-local -n '__hk_local_is addons:attach' -l confirm -s c -x -d 'The app\'s name: yes, do it'
complete -c hk-local -n '__hk_local_is addons:attach' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:attach' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:detach' -d 'Take a name, and its config vars, from an add-on'
complete -c hk-local -n '__hk_local_is addons:detach' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:detach' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:destroy' -d 'Stop an add-on and delete its data, for good'
complete -c hk-local -n '__hk_local_is addons:destroy' -l confirm -s c -x -d 'The app\'s name: yes, do it'
complete -c hk-local -n '__hk_local_is addons:destroy' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:destroy' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:wait' -d 'Wait until add-ons can be used'
complete -c hk-local -n '__hk_local_is addons:wait' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:wait' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:services' -d 'List what can be had'
complete -c hk-local -n '__hk_local_is addons:services' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is addons:services' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:services' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:plans' -d 'List the plans of a service and their limits'
complete -c hk-local -n '__hk_local_is addons:plans' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is addons:plans' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:plans' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is addons:plans' -a 'heroku-redis heroku-postgresql'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:docs' -d 'Open Heroku\'s article about a service in the browser'
complete -c hk-local -n '__hk_local_is addons:docs' -l show-url -d 'Print the URL instead'
complete -c hk-local -n '__hk_local_is addons:docs' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:docs' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is addons:docs' -a 'heroku-redis heroku-postgresql'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'addons:open' -d 'Open an add-on\'s page in the browser'
complete -c hk-local -n '__hk_local_is addons:open' -l show-url -d 'Print the URL instead'
complete -c hk-local -n '__hk_local_is addons:open' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is addons:open' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'redis:info' -d 'Show each Redis: version, connections, memory'
complete -c hk-local -n '__hk_local_is redis:info redis' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is redis:info redis' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is redis:info redis' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'redis:cli' -d 'Talk to a Redis'
complete -c hk-local -n '__hk_local_is redis:cli' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is redis:cli' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'redis:promote' -d 'Make a Redis the one that REDIS_URL means'
complete -c hk-local -n '__hk_local_is redis:promote' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is redis:promote' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'pg:info' -d 'Show each Postgres: version, connections, size'
complete -c hk-local -n '__hk_local_is pg:info pg' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is pg:info pg' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is pg:info pg' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'pg:psql' -d 'Talk to a Postgres, with a psql that fits the server'
complete -c hk-local -n '__hk_local_is pg:psql psql' -l command -s c -x -d 'Run this and exit'
complete -c hk-local -n '__hk_local_is pg:psql psql' -l file -s f -r -F -d 'Run this file and exit'
complete -c hk-local -n '__hk_local_is pg:psql psql' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is pg:psql psql' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'pg:promote' -d 'Make a Postgres the one that DATABASE_URL means'
complete -c hk-local -n '__hk_local_is pg:promote' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is pg:promote' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'scheduler' -d 'List the scheduled jobs'
complete -c hk-local -n '__hk_local_is scheduler' -l json -d 'Print JSON'
complete -c hk-local -n '__hk_local_is scheduler' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is scheduler' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'scheduler:add' -d 'Run a command every 10 minutes, every hour or every day'
complete -c hk-local -n '__hk_local_is scheduler:add' -l every -x -a '10m hour day' -d 'How often'
complete -c hk-local -n '__hk_local_is scheduler:add' -l at -x -d 'In UTC: :00, :10 ... of an hour, 02:30 of a day'
complete -c hk-local -n '__hk_local_is scheduler:add' -l size -s s -x -a 'eco basic standard-1x standard-2x performance-m performance-l performance-l-ram performance-xl performance-2xl' -d 'Dyno size'
complete -c hk-local -n '__hk_local_is scheduler:add' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is scheduler:add' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is scheduler:add' -F -a '(__hk_local_names types; __fish_complete_command)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'scheduler:remove' -d 'Remove a scheduled job; a run that is under way goes on'
complete -c hk-local -n '__hk_local_is scheduler:remove' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is scheduler:remove' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'scheduler:run' -d 'Run a scheduled job now, besides when it is due'
complete -c hk-local -n '__hk_local_is scheduler:run' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is scheduler:run' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'scheduler:open' -d 'Open the page of the scheduled jobs in a browser'
complete -c hk-local -n '__hk_local_is scheduler:open' -l print -d 'Print the address, do not open a browser'
complete -c hk-local -n '__hk_local_is scheduler:open' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is scheduler:open' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'apps:info' -d 'Show where the app\'s web is, how many dynos it has, and more'
complete -c hk-local -n '__hk_local_is apps:info info' -l json -s j -d 'Print JSON'
complete -c hk-local -n '__hk_local_is apps:info info' -l shell -s s -d 'Print lines that a shell can read'
complete -c hk-local -n '__hk_local_is apps:info info' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is apps:info info' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'apps:rename' -d 'Give the app another name than its folder\'s'
complete -c hk-local -n '__hk_local_is apps:rename rename' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is apps:rename rename' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'apps:destroy' -d 'Stop the app and delete what hk-local knows of it'
complete -c hk-local -n '__hk_local_is apps:destroy destroy apps:delete' -l confirm -s c -x -d 'The name, so as not to be asked'
complete -c hk-local -n '__hk_local_is apps:destroy destroy apps:delete' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is apps:destroy destroy apps:delete' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'config' -d 'Show the config vars of the current release'
complete -c hk-local -n '__hk_local_is config' -l json -s j -d 'Print JSON'
complete -c hk-local -n '__hk_local_is config' -l shell -s s -d 'Print lines that a shell can read'
complete -c hk-local -n '__hk_local_is config' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is config' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'config:get' -d 'Print the value of a config var'
complete -c hk-local -n '__hk_local_is config:get' -l json -s j -d 'Print JSON'
complete -c hk-local -n '__hk_local_is config:get' -l shell -s s -d 'Print lines that a shell can read'
complete -c hk-local -n '__hk_local_is config:get' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is config:get' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'config:set' -d 'Set config vars'
complete -c hk-local -n '__hk_local_is config:set config:add' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is config:set config:add' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'config:unset' -d 'Remove config vars'
complete -c hk-local -n '__hk_local_is config:unset config:remove' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is config:unset config:remove' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'config:edit' -d 'Edit the config vars in $VISUAL or $EDITOR'
complete -c hk-local -n '__hk_local_is config:edit' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is config:edit' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'open' -d 'Open the app in a browser'
complete -c hk-local -n '__hk_local_is open apps:open' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is open apps:open' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'maintenance' -d 'Tell whether maintenance mode is on or off'
complete -c hk-local -n '__hk_local_is maintenance' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is maintenance' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'maintenance:on' -d 'Answer every request with the maintenance page (H80)'
complete -c hk-local -n '__hk_local_is maintenance:on' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is maintenance:on' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'maintenance:off' -d 'Let requests reach the web dynos again'
complete -c hk-local -n '__hk_local_is maintenance:off' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is maintenance:off' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'features' -d 'List the app\'s features, and which are enabled'
complete -c hk-local -n '__hk_local_is features' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is features' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is features' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'labs' -d 'List the experimental features; features:enable takes them too'
complete -c hk-local -n '__hk_local_is labs' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is labs' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is labs' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'features:info' -d 'Tell what a feature is'
complete -c hk-local -n '__hk_local_is features:info' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is features:info' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is features:info' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is features:info' -a 'preboot http-session-affinity'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'features:enable' -d 'Enable a feature. Nothing restarts'
complete -c hk-local -n '__hk_local_is features:enable labs:enable' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is features:enable labs:enable' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is features:enable labs:enable' -a 'preboot http-session-affinity'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'features:disable' -d 'Disable a feature. Nothing restarts'
complete -c hk-local -n '__hk_local_is features:disable labs:disable' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is features:disable labs:disable' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'
complete -c hk-local -n '__hk_local_is features:disable labs:disable' -a 'preboot http-session-affinity'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'domains' -d 'List the host names by which the app is reached'
complete -c hk-local -n '__hk_local_is domains' -l json -d 'Print JSON, as the Platform API has it'
complete -c hk-local -n '__hk_local_is domains' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is domains' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'domains:add' -d 'Let the router take requests for a name'
complete -c hk-local -n '__hk_local_is domains:add' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is domains:add' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'domains:remove' -d 'Let the router refuse requests for a name again'
complete -c hk-local -n '__hk_local_is domains:remove' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is domains:remove' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'heroku' -d 'Run the official Heroku CLI against the running app'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'env' -d 'Print the environment that leads `heroku` to the running app'
complete -c hk-local -n '__hk_local_is env' -l shell -x -a 'sh fish' -d 'Whose syntax: sh (bash, zsh) or fish'
complete -c hk-local -n '__hk_local_is env' -l json -d 'Print the variables as JSON'
complete -c hk-local -n '__hk_local_is env' -l unset -d 'Print what undoes it'
complete -c hk-local -n '__hk_local_is env' -l app -s a -x -d 'App to ask'
complete -c hk-local -n '__hk_local_is env' -l dir -s C -x -a '(__fish_complete_directories)' -d 'The app\'s folder, if not the current one or one above it (also $HK_LOCAL_DIR)'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'version' -d 'Print the version of hk-local, the system and Python'

complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -a 'completion' -d 'Print the script that makes TAB complete'
complete -c hk-local -n '__hk_local_is completion' -a 'bash zsh fish'
