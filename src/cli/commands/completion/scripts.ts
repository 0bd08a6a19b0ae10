/**
 * The scripts ask `facecom complete` with the words up to the cursor: what may follow is known in one place. It prints a candidate per
 * line; the line `:files` asks for names of files besides.
 */
export const scripts = {
  bash: `# facecom completion for bash: eval "$(facecom completion bash)"
_facecom() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line
  # Bash splits words at "=" and ":": they are joined again.
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ":files" ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      case "$line" in *=) compopt -o nospace 2>/dev/null ;; esac
      COMPREPLY+=("$line")
    fi
  done < <(facecom complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _facecom facecom
`,
  zsh: `#compdef facecom
# facecom completion for zsh: put it as _facecom into a folder of $fpath
_facecom() {
  local -a found
  local line files
  for line in "\${(@f)$(facecom complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then files=1; elif [[ -n $line ]]; then found+=("$line"); fi
  done
  (( $#found )) && compadd -S '' -q -- \${(M)found:#*=}
  (( $#found )) && compadd -- \${found:#*=}
  [[ -n $files ]] && _files
}
if [ "$funcstack[1]" = "_facecom" ]; then _facecom "$@"; else compdef _facecom facecom; fi
`,
  fish: `# facecom completion for fish
function __facecom_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (facecom complete -- $words[2..-1] 2>/dev/null)
    if test "$line" = ":files"
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c facecom -f -a '(__facecom_complete)'
`,
} as const;
