using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>Who an app is and whose, wherever it asks for something.</summary>
internal static class AppIntro
{
    /// <param name="client">The app.</param>
    /// <param name="asks">What follows its name and owner.</param>
    public static Html Of(Client client, string asks) => $"""
        {Logo(client)}
        <p><strong>{client.Name}</strong> {By(client)} {asks}</p>
        {(client.HomePage is { } home ? (Html)$"<p class=\"hint\">Its home page: <a href=\"{home}\" rel=\"noopener noreferrer\">{home}</a></p>" : Html.Empty)}
        {(client.AccountId is not null && client.IsApproved ? (Html)$"<p class=\"hint\">This server's operator has approved it.</p>" : Html.Empty)}
        {(client.IsApproved ? Html.Empty : Warning)}
        """;

    /// <summary>Its owner: an account here, whose name nobody else has, or whom the operator says it is.</summary>
    public static Html By(Client client) =>
        client.AccountId is null ? (Html)$"by {client.Owner}" : (Html)$"by the Rally account <strong>{client.Owner}</strong>";

    public static Html Logo(Client client) => client.LogoVersion is null
        ? Html.Empty
        : (Html)$"<img class=\"logo\" src=\"{AddressOf(client)}\" width=\"64\" height=\"64\" alt=\"\">";

    private static Html Warning { get; } = $"""
        <p class="warning" role="note"><strong>Nobody has checked this app.</strong> Whoever registered it chose its name and picture. Go on only if you know the people behind it.</p>
        """;

    private static string AddressOf(Client client) =>
        QueryHelpers.AddQueryString(Paths.Logo, new Dictionary<string, string?> { ["client_id"] = client.Id, ["v"] = client.LogoVersion });
}
