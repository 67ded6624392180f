using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>
/// Somebody with an account, a session in a browser, and an app of theirs that may act for them: what a request needs to get
/// past the door. A session that a request has ended is begun anew.
/// </summary>
internal sealed partial class Visitor : IDisposable
{
    public const string ClientId = "fuzz";

    private readonly Uri _server;
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;
    private readonly string _userName;
    private readonly string _password;
    private readonly Func<Task> _restore;

    /// <param name="server">Where to.</param>
    /// <param name="userName">Whose account.</param>
    /// <param name="password">Its password.</param>
    /// <param name="clientSecret">The app's.</param>
    /// <param name="known">More of <see cref="Live"/>.</param>
    /// <param name="restore">Makes the account as it was: a form may have set another password, or a second factor.</param>
    public Visitor(Uri server, string userName, string password, string clientSecret, IReadOnlyDictionary<string, string> known, Func<Task> restore)
    {
        (_server, _userName, _password, _restore) = (server, userName, password, restore);
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false }) { BaseAddress = server };
        var callback = new Uri(server, "healthz").AbsoluteUri;
        var challenge = Base64(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        var authorize = $"/oauth2/authorize?client_id={ClientId}&redirect_uri={Uri.EscapeDataString(callback)}&response_type=code"
            + $"&scope={Uri.EscapeDataString("openid profile balances:read transfers:send trades:make")}&code_challenge={challenge}&code_challenge_method=S256";
        Live = new(known)
        {
            ["user"] = userName,
            ["password"] = password,
            ["client"] = ClientId,
            ["secret"] = clientSecret,
            ["callback"] = callback,
            ["challenge"] = challenge,
            ["authorize"] = Uri.EscapeDataString(authorize),
            ["request"] = Uri.EscapeDataString(authorize[authorize.IndexOf('?', StringComparison.Ordinal)..]),
            ["self"] = server.GetLeftPart(UriPartial.Authority),
            ["opaque"] = new string('A', 43),
            ["key"] = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            ["credential"] = Uri.EscapeDataString("""{"id":"AAAA","rawId":"AAAA","type":"public-key","clientExtensionResults":{},"response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AAAA","attestationObject":"oA","userHandle":null}}"""),
            ["details"] = Uri.EscapeDataString("""[{"type":"identity_link","provider":"Discord","name":"fan","id":"123"},{"type":"spending_limit","coin":"PTM","per_day":"1","in_all":"2"}]"""),
            ["siwe"] = Uri.EscapeDataString("127.0.0.1 wants you to sign in with your Ethereum account:\n0x52908400098527886E0F7030069857D2E4169EE7\n\n\nURI: http://127.0.0.1\nVersion: 1\nChain ID: 1\nNonce: 12345678\nIssued At: 2026-01-01T00:00:00Z"),
            ["signature"] = "0x" + new string('1', 130),
            ["ticket"] = "AAAA",
            ["id"] = "0195f0a0-0000-7000-8000-000000000001",
        };
    }

    /// <summary>What the Host header says.</summary>
    public string Host => _server.Authority;

    /// <summary>The cookies of a browser in which nobody is signed in.</summary>
    public string StrangersCookies { get; private set; } = "";

    /// <summary>What skeletons name between tildes.</summary>
    public Dictionary<string, string> Live { get; }

    /// <summary>The browser's cookies with its session.</summary>
    public string Cookies => _cookies.GetCookieHeader(_server);

    private static string Verifier { get; } = new('v', 43);

    /// <summary>Signs in, unless the session still lives, and reads the forms' token off a page.</summary>
    public async Task SignInAsync()
    {
        using (var account = await _http.GetAsync("/account"))
        {
            if (account.StatusCode == HttpStatusCode.OK)
            {
                Live["form"] = Field(await account.Content.ReadAsStringAsync(), "__RequestVerificationToken");
                return;
            }
        }

        await _restore();
        var page = await _http.GetStringAsync("/sign-in");
        StrangersCookies = string.Join("; ", _cookies.GetCookies(_server).Where(cookie => cookie.Name == "rally.form"));
        Live["strangers-form"] = Field(page, "__RequestVerificationToken");
        using var answer = await PostAsync("/sign-in", page, ("username", _userName), ("password", _password));
        Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, $"{_userName} cannot sign in: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        await SignInAsync();
    }

    /// <summary>Lets the app act for the account, and takes the tokens; registers an app, and asks for a passkey.</summary>
    public async Task PrepareAsync()
    {
        await SignInAsync();
        using var asked = await _http.GetAsync(Uri.UnescapeDataString(Live["authorize"]));
        var consent = await _http.GetStringAsync(asked.Headers.Location);
        using var allowed = await PostAsync("/consent", consent, ("decision", "allow"), ("request", Field(consent, "request")));
        var code = CodeIn().Match(allowed.Headers.Location!.Query).Groups[1].Value;
        Live["access"] = await TokenAsync(
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Live["callback"]), ("code_verifier", Verifier));
        Live["client-access"] = await TokenAsync(("grant_type", "client_credentials"));
        var passkeys = await _http.GetStringAsync("/account/passkeys");
        if (passkeys.Contains("name=\"ticket\"", StringComparison.Ordinal))
            Live["ticket"] = Field(passkeys, "ticket");
        var register = await _http.GetStringAsync("/developer/register");
        using var app = await PostAsync(
            "/developer/register", register, ("name", $"App of {_userName}"), ("kind", "confidential"), ("redirect_uris", "https://app.example/back"),
            ("scope_profile", "on"), ("scope_webhooks:manage", "on"));
        Live["app"] = AppIn().Match(app.Headers.Location?.OriginalString ?? await app.Content.ReadAsStringAsync()).Groups[1].Value;
        var make = $"/developer/app/webhooks/create?client_id={Live["app"]}";
        using var hook = await PostAsync(
            make, await _http.GetStringAsync(make), ("url", "https://app.example/hook"), ("event_transfer.posted", "on"), ("signature_v1", "on"));
        Live["hook"] = HookIn().Match(await hook.Content.ReadAsStringAsync()).Groups[1].Value;
        Assert.NotEmpty(Live["hook"]);
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> TokenAsync(params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token")
        {
            Content = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("client_id", ClientId), new("client_secret", Live["secret"])]),
        };
        using var answer = await _http.SendAsync(request);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.True(answer.IsSuccessStatusCode, json.RootElement.ToString());
        return json.RootElement.GetProperty("access_token").GetString()!;
    }

    private Task<HttpResponseMessage> PostAsync(string path, string page, params (string Name, string Value)[] fields) =>
        _http.PostAsync(path, new FormUrlEncodedContent(
            [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", Field(page, "__RequestVerificationToken"))]));

    private static string Field(string page, string name) =>
        WebUtility.HtmlDecode(Regex.Match(page, $"name=\"{name}\" value=\"([^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value);

    private static string Base64(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    [GeneratedRegex("code=([^&]+)")]
    private static partial Regex CodeIn();

    [GeneratedRegex("client_id=([^&\"]+)")]
    private static partial Regex AppIn();

    [GeneratedRegex("endpoint[^\"]*id=([0-9a-f-]{36})")]
    private static partial Regex HookIn();
}
