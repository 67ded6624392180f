using Dapper;
using Rally.Auth.Mail;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Accounts;

/// <summary>
/// Makes the first operator, by a link that only who starts the process sees. As soon as there is an operator, there are
/// no such links, and those that were given are over.
/// </summary>
public sealed class FirstOperator
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly Database _database;
    private readonly LinkTokens _tokens;

    internal FirstOperator(Database database, LinkTokens tokens) => (_database, _tokens) = (database, tokens);

    /// <returns>The path and query of a link that is good once, for a day; null when there is an operator.</returns>
    public Task<string?> OfferAsync(CancellationToken stop) =>
        _database.WriteAsync(async transaction =>
        {
            if (await transaction.Connection!.ExecuteScalarAsync<long>(Operators, transaction: transaction) > 0)
                return null;
            var token = await _tokens.AddAsync(transaction, LinkTokens.FirstOperator, accountId: null, email: null, Lifetime);
            return $"{Paths.OperatorSetup}?token={token}";
        }, stop);

    internal async Task<bool> IsGoodAsync(string? token, CancellationToken stop) =>
        await _tokens.FindAsync(LinkTokens.FirstOperator, token, stop) is not null;

    /// <returns>Whether the account is the operator now: not when the link is over.</returns>
    internal Task<bool> MakeAsync(string? token, Guid accountId, CancellationToken stop) =>
        _database.WriteAsync(async transaction =>
        {
            // Two links used at once would make two.
            await _database.SerializeAsync(transaction, "auth.first-operator", stop);
            if (await _tokens.TakeAsync(transaction, LinkTokens.FirstOperator, token) is null ||
                await transaction.Connection!.ExecuteScalarAsync<long>(Operators, transaction: transaction) > 0)
                return false;
            await transaction.Connection!.ExecuteAsync("""
                UPDATE auth_account SET is_operator = 1 WHERE id = @accountId;
                DELETE FROM auth_link_token WHERE purpose = @purpose;
                """, new { accountId, purpose = LinkTokens.FirstOperator }, transaction);
            return true;
        }, stop);

    private const string Operators = "SELECT COUNT(*) FROM auth_account WHERE is_operator = 1";
}
