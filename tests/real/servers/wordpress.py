"""WordPress on MariaDB and PHP's own web server. Debian: wordpress, mariadb-server, php-cli, php-mysql."""

from __future__ import annotations

import base64
import getpass
import json
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .process import free_port, need, need_path, running, wait_for_page, wait_for_port

CONFIG = """<?php
foreach (['NAME', 'USER', 'PASSWORD'] as $part) define('DB_' . $part, 'wp');
define('DB_HOST', '127.0.0.1:{database}');
define('DB_CHARSET', 'utf8mb4');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $kind)
  {{ define($kind . '_KEY', 'test-' . $kind); define($kind . '_SALT', 'test-salt-' . $kind); }}
$table_prefix = 'wp_';
define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_AUTO_UPDATE_CORE', false);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
define('WP_HOME', 'http://127.0.0.1:{web}');
define('WP_SITEURL', 'http://127.0.0.1:{web}');
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = __DIR__ . $path;
if ($path !== '/' && is_file($file)) return false;
$index = rtrim($file, '/') . '/index.php';
$_SERVER['SCRIPT_NAME'] = ($path !== '/' && is_file($index)) ? rtrim($path, '/') . '/index.php' : '/index.php';
$_SERVER['PHP_SELF'] = $_SERVER['SCRIPT_NAME'];
chdir(__DIR__);
require __DIR__ . $_SERVER['SCRIPT_NAME'];
"""
SETUP = """<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1:{web}';
$_SERVER['REQUEST_URI'] = '/';
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_true');
wp_install('Le carnet', 'admin', 'admin@example.org', true, '', 'admin-password');
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%year%/%postname%/');
flush_rewrite_rules();
foreach (['comment_moderation', 'comment_previously_approved', 'require_name_email'] as $name) update_option($name, 0);
update_option('comment_registration', 0);
switch_theme('plain');
list($password) = WP_Application_Passwords::create_new_application_password(1, ['name' => 'test']);
echo "\\n" . $password;
"""
# Debian packs WordPress without a theme; this one writes pages as its usual themes do.
THEME = """<!DOCTYPE html><html <?php language_attributes(); ?>><head><meta charset="utf-8"><title><?php wp_title(''); ?></title>
<?php wp_head(); ?></head><body <?php body_class(); ?>><header><nav><a href="/">Accueil</a></nav></header><main>
<?php while (have_posts()) : the_post(); ?><article <?php post_class('h-entry'); ?>>
<h1 class="entry-title p-name"><?php the_title(); ?></h1>
<time class="dt-published" datetime="<?php echo get_the_date('c'); ?>"><?php echo get_the_date(); ?></time>
<div class="entry-content e-content"><?php the_content(); ?></div></article>
<?php comments_template(); endwhile; ?></main><?php wp_footer(); ?></body></html>
"""  # noqa: E501


@dataclass(frozen=True)
class WordPress:
    """A blog; ``password`` is an application password of the user admin."""

    url: str
    port: int
    password: str

    def call(self, method: str, path: str, fields: dict[str, object] | None = None) -> Any:
        token = base64.b64encode(f"admin:{self.password}".encode()).decode()
        request = urllib.request.Request(
            f"{self.url}/wp-json/wp/v2/{path}",
            data=json.dumps(fields).encode() if fields is not None else None,
            method=method,
            headers={"Authorization": f"Basic {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def publish(self, title: str, html: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("POST", "posts", {"title": title, "content": html, "status": "publish"})
        return found

    def comment(self, post: int, text: str, author: str, parent: int = 0) -> dict[str, Any]:
        fields: dict[str, object] = {"post": post, "content": text, "author_name": author, "parent": parent}
        fields |= {"author_email": f"{author.lower()}@example.org", "status": "approve"}
        found: dict[str, Any] = self.call("POST", "comments", fields)
        return found


@contextmanager
def mariadb(folder: Path) -> Iterator[int]:
    """A database server of its own, with the base and user ``wp``; its port."""
    program, port = need("mariadbd"), free_port()
    data = folder / "mysql"
    install = [
        "mariadb-install-db",
        "--no-defaults",
        f"--user={getpass.getuser()}",
        f"--datadir={data}",
        "--skip-test-db",
    ]
    subprocess.run(install, check=True, capture_output=True)
    options = [
        "--no-defaults",
        f"--user={getpass.getuser()}",
        f"--datadir={data}",
        f"--port={port}",
        "--bind-address=127.0.0.1",
    ]
    with running([program, *options, f"--socket={data}/s.sock", "--innodb-buffer-pool-size=64M"], folder) as process:
        wait_for_port(port, process)
        sql = "CREATE DATABASE wp; CREATE USER wp@'127.0.0.1' IDENTIFIED BY 'wp'; GRANT ALL ON wp.* TO wp@'127.0.0.1';"
        subprocess.run(["mariadb", f"--socket={data}/s.sock", "-uroot", "-e", sql], check=True, capture_output=True)
        yield port


@contextmanager
def wordpress(folder: Path) -> Iterator[WordPress]:
    php, source = need("php"), need_path(Path("/usr/share/wordpress"))
    web, site = free_port(), folder / "wp"
    shutil.copytree(source, site, symlinks=False, ignore_dangling_symlinks=True)
    with mariadb(folder) as database:
        (site / "wp-config.php").write_text(CONFIG.format(database=database, web=web))
        (site / "router.php").write_text(ROUTER)
        theme = site / "wp-content" / "themes" / "plain"
        theme.mkdir(parents=True)
        (theme / "style.css").write_text("/*\nTheme Name: Plain\n*/")
        (theme / "index.php").write_text(THEME)
        (site / "setup.php").write_text(SETUP.format(web=web))
        done = subprocess.run([php, "setup.php"], cwd=site, check=True, capture_output=True, timeout=120)
        password = done.stdout.decode().split("\n")[-1]
        command = [php, "-S", f"127.0.0.1:{web}", "-t", str(site), str(site / "router.php")]
        with running(command, folder, {"PHP_CLI_SERVER_WORKERS": "4"}) as process:
            wait_for_port(web, process)
            wait_for_page(f"http://127.0.0.1:{web}/wp-json/")
            yield WordPress(f"http://127.0.0.1:{web}", web, password)
