namespace Rally.Auth.Mail;

/// <summary>A mail to a person.</summary>
/// <param name="To">The address; empty when the account has none, so that only an operator can pass the link on.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Link">A path of this server with what opens it, which stands at the text's end; null for none.</param>
internal sealed record Letter(string To, string Subject, string Text, string? Link)
{
    // The link is a secret, and a record prints its members.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Subject = ").Append(Subject);
        return true;
    }
}
