using System.Text;
using Rally.Storage.Files;

namespace Rally.Ledger.Blocks;

/// <summary>
/// The private keys as files of one folder, named by number and the public key's first 16 hexadecimal digits:
/// <c>authority-1-d75a980182b10ab7.pem</c>. So a folder may hold the keys of several stores, and what a store that failed to
/// commit left behind is never taken for another's.
/// </summary>
internal sealed class AuthorityKeyFolder(string? folder)
{
    /// <summary>The file of a key.</summary>
    /// <exception cref="AuthorityKeyException">The setting is missing.</exception>
    public string PathOf(long number, byte[] publicKey) =>
        Path.Combine(Folder(), $"authority-{number}-{Convert.ToHexStringLower(publicKey.AsSpan(0, 8))}.pem");

    /// <summary>Writes a key so that a power failure leaves it whole or not at all, for the owner's eyes only.</summary>
    public void Save(long number, AuthorityPrivateKey key)
    {
        var path = PathOf(number, key.PublicKey);
        try
        {
            DurableFile.CreatePrivateFolder(Folder());
            DurableFile.Write(path, Encoding.ASCII.GetBytes(key.ToPem()));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuthorityKeyException(
                $"The key that signs blocks cannot be written to {path}: {failure.Message} Let the process write to this folder.", failure);
        }
    }

    /// <summary>Reads the private key that belongs to a public one.</summary>
    /// <exception cref="AuthorityKeyException">It is not there, or the file holds something else.</exception>
    public AuthorityPrivateKey Load(Authority authority)
    {
        var path = PathOf(authority.Number, authority.PublicKey);
        string text;
        try
        {
            text = File.ReadAllText(path, Encoding.ASCII);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AuthorityKeyException(
                $"The private key of authority {authority.Number} is missing: {path}. Blocks of this store are signed with it, and " +
                "none is sealed without it. Restore this file from the backup of the data folder (keys/authority) that belongs to this " +
                "store, or copy it from another process on the same store.", missing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuthorityKeyException(
                $"The private key of authority {authority.Number} cannot be read: {failure.Message} Let the process read this file.", failure);
        }

        return AuthorityPrivateKey.FromPem(text) is { } key && key.PublicKey.AsSpan().SequenceEqual(authority.PublicKey)
            ? key
            : throw new AuthorityKeyException(
                $"{path} is not the private key of authority {authority.Number} (Ed25519 in PKCS#8 PEM, public key " +
                $"{Convert.ToHexStringLower(authority.PublicKey)}). Restore this file from the backup of the data folder (keys/authority) " +
                "that belongs to this store.");
    }

    private string Folder() => folder ?? throw new AuthorityKeyException(
        "Ledger:AuthorityKeysFolder is not set: name the folder that keeps the keys which sign blocks.");
}
