using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using Rally.Auth.Accounts;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>An app's whole life: registered, used within a limit, revoked, looked at by the operator.</summary>
[Collection(nameof(Chromium))]
public sealed class AppTests(Chromium chromium)
{
    // One violet pixel.
    private static readonly byte[] Logo = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOIsr8AAAJgAWpI5juNAAAAAElFTkSuQmCC");

    private readonly Inspection _inspection = new();

    [Fact]
    public async Task An_app_is_registered_allowed_a_limit_spends_and_is_revoked()
    {
        await using var town = await Town.BuildAsync();
        // Where the browser can follow: what matters is the address it ends at.
        var callback = new Uri(town.Address, "healthz").ToString();
        await using var developers = await chromium.ComesAsync();
        var page = await SignedInAsync(developers, town, "nova");
        var (clientId, secret) = await RegisterAsync(page, callback);

        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await using var fans = await chromium.ComesAsync(Screen.Phone);
        var fan = await fans.OpenAsync(AuthorizeAddress(town, clientId, callback, verifier));
        await fan.SignInAsync("portemonnaie");
        await Expect(fan.GetByRole(AriaRole.Note)).ToContainTextAsync("Nobody has checked this app.");
        await Expect(fan.GetByRole(AriaRole.Main)).ToContainTextAsync("Coin Club by the Rally account nova");
        await LookAsync(fan, "Allow Coin Club?", "consent-unchecked");
        await fan.GetByRole(AriaRole.Group, new() { Name = "PTM" }).GetByLabel("In 24 hours").FillAsync("20");
        await fan.PressAsync("Allow");
        await fan.WaitForURLAsync(address => address.StartsWith(callback, StringComparison.Ordinal));

        await SendAsync(town, clientId, secret, callback, verifier, QueryHelpers.ParseQuery(new Uri(fan.Url).Query)["code"].Single()!, "7.5");
        fan = await fans.OpenAsync(new Uri(town.Address, $"account/apps?client_id={clientId}"));
        await Expect(fan.GetByRole(AriaRole.Main)).ToContainTextAsync("7.5 PTM: spent");
        await fan.GetByRole(AriaRole.Group, new() { Name = "PTM" }).GetByLabel("In 24 hours").FillAsync("10");
        await fan.PressAsync("Set these limits");
        await Expect(fan.GetByRole(AriaRole.Group, new() { Name = "PTM" }).GetByLabel("In 24 hours")).ToHaveValueAsync("10");
        await fan.PressAsync("Revoke its access");
        await Expect(fan.GetByRole(AriaRole.Main)).ToContainTextAsync("None.");

        await DecideAsync(town, page);
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
        Assert.Empty(developers.Complaints);
        Assert.Empty(developers.ForeignLoads);
        Assert.Empty(fans.Complaints);
    }

    private async Task<(string ClientId, string Secret)> RegisterAsync(IPage page, string callback)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Apps that you make" }).ClickAsync();
        await LookAsync(page, "Your apps", "developer-none");
        await page.GetByRole(AriaRole.Link, new() { Name = "Register an app" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Coin Club");
        await page.GetByLabel("Home page (optional)").FillAsync("https://club.example");
        await page.GetByLabel("Redirect URIs, one a line").FillAsync("http://club.example/callback");
        await page.GetByLabel("transfers:send").CheckAsync();
        await page.PressAsync("Register");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("A redirect URI must be https");
        await LookAsync(page, "Register an app", "developer-register");
        await page.GetByLabel("Redirect URIs, one a line").FillAsync(callback);
        await page.PressAsync("Register");
        await LookAsync(page, "Your app is registered", "developer-secret");
        var (clientId, secret) = (await page.Locator("dd code").First.TextContentAsync(), await page.Locator("dd code").Last.TextContentAsync());

        await page.GetByRole(AriaRole.Link, new() { Name = "Go on to the app" }).ClickAsync();
        await page.GetByLabel("A square picture").SetInputFilesAsync(new FilePayload { Name = "logo.png", MimeType = "image/png", Buffer = Logo });
        await page.PressAsync("Use this logo");
        await Expect(page.Locator("main img")).ToBeVisibleAsync();
        Assert.Equal(1, await page.Locator("main img").EvaluateAsync<int>("image => image.naturalWidth"));
        await LookAsync(page, "Coin Club", "developer-app");
        await page.GetByRole(AriaRole.Link, new() { Name = "Your apps" }).ClickAsync();
        await LookAsync(page, "Your apps", "developer-apps");
        return (clientId!, secret!);
    }

    // The developer becomes the operator, too.
    private async Task DecideAsync(Town town, IPage page)
    {
        await page.GotoAsync(new Uri(town.Address, (await town.Inside<FirstOperator>().OfferAsync(default))!).ToString());
        await page.PressAsync("Become the operator");
        await page.GetByRole(AriaRole.Link, new() { Name = "Look at apps" }).ClickAsync();
        await LookAsync(page, "Apps", "operator-apps");
        await page.GetByRole(AriaRole.Button, new() { Name = "Suspend Coin Club" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Give its owner a reason");
        await page.GetByLabel("Reason, for the owner of Coin Club").FillAsync("It is not a club.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Suspend Coin Club" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("There are none.");
        await page.GotoAsync(new Uri(town.Address, "operator/apps?state=suspended").ToString());
        await LookAsync(page, "Apps", "operator-suspended");
        await page.GotoAsync(new Uri(town.Address, "developer").ToString());
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("The operator has suspended it: It is not a club.");
        await _inspection.LookAsync(page, "developer-suspended");
    }

    private static Uri AuthorizeAddress(Town town, string clientId, string callback, string verifier) =>
        new(QueryHelpers.AddQueryString(new Uri(town.Address, "oauth2/authorize").ToString(), new Dictionary<string, string?>
        {
            ["client_id"] = clientId,
            ["redirect_uri"] = callback,
            ["response_type"] = "code",
            ["scope"] = "transfers:send",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
            ["authorization_details"] = """[{"type":"spending_limit","coin":"PTM","per_day":"50","in_all":"500"}]""",
        }));

    private static async Task SendAsync(Town town, string clientId, string secret, string callback, string verifier, string code, string amount)
    {
        using var http = new HttpClient { BaseAddress = town.Address };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = clientId,
            ["client_secret"] = secret,
            ["redirect_uri"] = callback,
            ["code_verifier"] = verifier,
            ["code"] = code,
        });
        using var tokens = await http.PostAsync(new Uri("oauth2/token", UriKind.Relative), form);
        var token = (string)(await tokens.Content.ReadFromJsonAsync<JsonNode>())!["access_token"]!;
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/transfers")
        {
            Content = JsonContent.Create(new JsonObject
            {
                ["id"] = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString(),
                ["from"] = (await AccountOfAsync(town, "portemonnaie")).ToString(),
                ["to"] = (await AccountOfAsync(town, "fan")).ToString(),
                ["coin"] = "PTM",
                ["amount"] = amount,
            }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<Guid> AccountOfAsync(Town town, string name) =>
        Assert.IsType<CreateAccount.UsernameTaken>(await town.Inside<CreateAccount>().ExecuteAsync(new(name, "long-enough-password"))).RallyId;

    private static async Task<IPage> SignedInAsync(Visitor visitor, Town town, string name)
    {
        var page = await visitor.OpenAsync(new Uri(town.Address, "account"));
        await page.SignInAsync(name);
        await Expect(page.Heading()).ToHaveTextAsync("Your account");
        return page;
    }

    private async Task LookAsync(IPage page, string heading, string name)
    {
        await Expect(page.Heading()).ToHaveTextAsync(heading);
        await _inspection.LookAsync(page, name);
    }
}
