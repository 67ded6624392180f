using Microsoft.AspNetCore.WebUtilities;

namespace Rally.Webhooks.Pages;

/// <summary>Where the pages are, and the addresses of those about one app or endpoint.</summary>
internal static class Paths
{
    public const string Endpoints = WebhooksModule.OwnerPagesPath;
    public const string Create = Endpoints + "/create";
    public const string Endpoint = Endpoints + "/endpoint";
    public const string Switch = Endpoint + "/switch";
    public const string Rotate = Endpoint + "/rotate";
    public const string Test = Endpoint + "/test";
    public const string Recover = Endpoint + "/recover";
    public const string Remove = Endpoint + "/remove";
    public const string Attempts = Endpoint + "/attempts";
    public const string DeadLetters = Endpoint + "/dead-letters";
    public const string Resend = Endpoint + "/resend";

    public static string OfApp(string path, string? clientId) => QueryHelpers.AddQueryString(path, "client_id", clientId ?? "");

    public static string OfEndpoint(string path, string clientId, Guid id) => QueryHelpers.AddQueryString(OfApp(path, clientId), "id", id.ToString());
}
