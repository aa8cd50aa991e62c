# SPDX-License-Identifier: MIT
# Sourced after cmd/lib.sh: Debian's nginx with fcgiwrap in front of git-http-backend, on loopback.
#
#   free_port      prints one
#   nginx_start    TLS, the repositories in $root; sets $port and $url, $cert is what to trust
backend=$(git --exec-path)/git-http-backend
python=/usr/bin/python3
PATH=$PATH:/usr/sbin:/sbin

free_port() {
	"$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

nginx_start() {
	port=$(free_port)
	certificate
	mkdir "$tmp/nginx"
	fcgiwrap -s "unix:$tmp/nginx/socket" 2>"$tmp/nginx/fcgiwrap.log" &
	servers="$servers $!"
	cat >"$tmp/nginx/config" <<-EOF
		$([ "$(id -u)" -ne 0 ] || echo 'user root;')
		pid $tmp/nginx/pid;
		error_log $tmp/nginx/error.log;
		events { }
		http {
			access_log $tmp/nginx/access.log;
			client_body_temp_path $tmp/nginx/body;
			fastcgi_temp_path $tmp/nginx/fastcgi;
			proxy_temp_path $tmp/nginx/proxy;
			uwsgi_temp_path $tmp/nginx/uwsgi;
			scgi_temp_path $tmp/nginx/scgi;
			client_max_body_size 0;
			server {
				listen 127.0.0.1:$port ssl;
				ssl_protocols TLSv1.2 TLSv1.3;
				ssl_certificate $cert;
				ssl_certificate_key $key;
				location / {
					fastcgi_pass unix:$tmp/nginx/socket;
					fastcgi_param SCRIPT_FILENAME $backend;
					fastcgi_param GIT_PROJECT_ROOT $root;
					fastcgi_param GIT_HTTP_EXPORT_ALL 1;
					fastcgi_param GIT_PROTOCOL \$http_git_protocol;
					fastcgi_param HOME $HOME;
					fastcgi_param PATH_INFO \$uri;
					fastcgi_param QUERY_STRING \$query_string;
					fastcgi_param REQUEST_METHOD \$request_method;
					fastcgi_param CONTENT_TYPE \$content_type;
					fastcgi_param CONTENT_LENGTH \$content_length;
					fastcgi_param HTTP_CONTENT_ENCODING \$http_content_encoding;
					fastcgi_param REMOTE_USER someone;
					fastcgi_param REMOTE_ADDR \$remote_addr;
				}
			}
		}
	EOF
	check 'nginx starts' nginx -p "$tmp/nginx" -e "$tmp/nginx/error.log" -c "$tmp/nginx/config"
	servers="$servers $(cat "$tmp/nginx/pid")"
	# fcgiwrap does not say when it listens; it made the socket before it did anything else.
	tries=0
	while [ ! -S "$tmp/nginx/socket" ] && [ $tries -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	url=https://localhost:$port
}
