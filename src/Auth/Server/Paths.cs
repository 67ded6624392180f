namespace Rally.Auth.Server;

/// <summary>Where the endpoints and pages are.</summary>
internal static class Paths
{
    public const string Metadata = "/.well-known/oauth-authorization-server";
    public const string OpenIdMetadata = "/.well-known/openid-configuration";
    public const string Jwks = "/oauth2/jwks";
    public const string Authorize = "/oauth2/authorize";
    public const string PushedRequest = "/oauth2/par";
    public const string Token = "/oauth2/token";
    public const string DeviceAuthorization = "/oauth2/device_authorization";
    public const string Revoke = "/oauth2/revoke";
    public const string Introspect = "/oauth2/introspect";
    public const string UserInfo = "/oauth2/userinfo";
    public const string SignIn = "/sign-in";
    public const string SignInCode = "/sign-in/code";
    public const string SignUp = "/sign-up";
    public const string SignOut = "/sign-out";
    public const string Consent = "/consent";
    public const string Device = "/device";
    public const string Account = "/account";
    public const string EndSession = "/account/sessions/end";
    public const string EndOtherSessions = "/account/sessions/end-others";
    public const string Email = "/account/email";
    public const string ConfirmEmail = "/confirm-email";
    public const string ForgotPassword = "/forgot-password";
    public const string ResetPassword = "/reset-password";
    public const string SecondFactor = "/account/second-factor";
    public const string Passkeys = "/account/passkeys";
    public const string AddPasskey = "/account/passkeys/add";
    public const string RenamePasskey = "/account/passkeys/rename";
    public const string RemovePasskey = "/account/passkeys/remove";
    public const string SignInPasskey = "/sign-in/passkey";
    public const string ExportAccount = "/account/export";
    public const string DeleteAccount = "/account/delete";
    public const string Prove = "/account/prove";
    public const string ProvePasskey = "/account/prove/passkey";
    public const string PasskeyScript = "/passkey.js";
    public const string Operator = "/operator";
    public const string OperatorSetup = "/operator/setup";
    public const string LockAccount = "/operator/lock";
    public const string ReplaceSigningKeys = "/operator/signing-keys";
    public const string UnlockAccount = "/operator/unlock";
    public const string Password = "/account/password";
    public const string RevokeApp = "/account/revoke";
    public const string Transfers = "/account/transfers";
    public const string Apps = "/account/apps";
    public const string Links = "/account/links";
    public const string RemoveLink = "/account/links/remove";
    public const string MoveLink = "/account/links/move";
    public const string Wallet = "/account/links/wallet";
    public const string WalletSignature = "/account/links/wallet/signature";
    public const string WalletScript = "/wallet.js";
    public const string Stylesheet = "/auth.css";
}
