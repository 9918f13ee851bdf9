//! What keeps the server from its work.

/// Why the server cannot begin, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error(
        "{address} cannot be listened on: {why}\n  try: another `server.listen`, or `--listen 127.0.0.1:0`"
    )]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why not.
        why: std::io::Error,
    },
    /// The socket failed under way.
    #[error("listening ended: {0}")]
    Socket(std::io::Error),
}
