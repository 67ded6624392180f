using Rally.Storage.Files;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class DurableFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_whole_its_owners_alone_and_nothing_is_beside_it()
    {
        File.WriteAllText(In("key.new"), "half of what a killed process wro");

        DurableFile.Write(In("key"), "first"u8);

        Assert.Equal("first", File.ReadAllText(In("key")));
        Assert.Equal([In("key")], Directory.EnumerateFileSystemEntries(_folder.Path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("key")));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_on_demand()
    {
        DurableFile.Write(In("key"), "first"u8);

        Assert.Throws<IOException>(() => DurableFile.Write(In("key"), "second"u8));
        Assert.Equal("first", File.ReadAllText(In("key")));
        DurableFile.Write(In("key"), "second"u8, overwrite: true);
        Assert.Equal("second", File.ReadAllText(In("key")));
    }

    [Fact]
    public void A_folder_is_made_with_those_above_it_and_one_that_is_there_stays_as_it_is()
    {
        DurableFile.CreatePrivateFolder(In("keys/authority/"));
        DurableFile.Write(In("keys/authority/key"), "first"u8);
        DurableFile.CreatePrivateFolder(In("keys/authority"));

        Assert.True(File.Exists(In("keys/authority/key")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(In("keys/authority")));
    }

    [Fact]
    public void A_whole_folder_takes_its_name_at_once()
    {
        Directory.CreateDirectory(In("unfinished/keys"));
        File.WriteAllText(In("unfinished/keys/key"), "first");

        DurableFile.FlushAll(In("unfinished"));
        DurableFile.Rename(In("unfinished"), In("backup"));

        Assert.Equal("first", File.ReadAllText(In("backup/keys/key")));
        Assert.False(Directory.Exists(In("unfinished")));
    }

    private string In(string name) => Path.Combine(_folder.Path, name);
}
