command -v aws >/dev/null || cannot 'aws is needed'
# The CLI's own check of parameters would keep the request back.
AWS_CONFIG_FILE=$pm_work/config
printf '[default]\nparameter_validation = false\n' >"$AWS_CONFIG_FILE"
export AWS_CONFIG_FILE AWS_MAX_ATTEMPTS=1 AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_DEFAULT_PROFILE

# Sends a request by the CLI. Its log tells the status; pm_told is that, as far as it does.
cli() {
    for pm_one in "$@"; do
        case "$pm_one" in
        --*=*://*) cannot 'the CLI would read what a value names, and not send it' ;;
        esac
    done
    "$@" --output json --debug --cli-read-timeout 10 >"$pm_work/answer" 2>"$pm_work/log"
    pm_cli=$?
    grep 'An error occurred (' "$pm_work/log" | tail -n 1 >"$pm_work/head"
    pm_told=$(sed -n 's/^.* - urllib3\.connectionpool - DEBUG - .* HTTP\/1\.1" \([0-9][0-9][0-9]\) .*/\1/p' "$pm_work/log" |
        tail -n 1)
    pm_status=$pm_told pm_type='' pm_code=0
    if [ "$pm_cli" = 0 ]; then
        pm_status=${pm_told:-200}
    elif [ -s "$pm_work/head" ]; then
        pm_type=$(sed -n 's/^.*An error occurred (\([^)]*\)).*/\1/p' "$pm_work/head")
        [ -n "$pm_told" ] || cannot 'the CLI told no status'
    elif grep -Eq 'Connection was closed|Read timeout|IncompleteRead|Connection broken' "$pm_work/log"; then
        pm_code=52
    else
        pm_code=2
    fi
}
