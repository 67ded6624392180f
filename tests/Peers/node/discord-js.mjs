// A bot written with discord.js on the sandbox: node discord-js.mjs <api base without /v10> <token> <guild> <member> <role>.
// Every step prints one line of JSON; once it listens, the test runs /hello, and the script ends after its answer.
import { Client, Events, GatewayIntentBits } from 'discord.js';

const [api, token, guildId, memberId, roleId] = process.argv.slice(2);
const say = (step, data) => console.log(JSON.stringify({ step, ...data }));
const fail = error => {
  console.error(error);
  process.exit(1);
};
process.on('unhandledRejection', fail);

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers],
  rest: { api },
});
client.on(Events.Error, fail);
client.on(Events.GuildMemberUpdate, (before, after) => {
  say('memberUpdate', { member: after.id, roles: [...after.roles.cache.keys()].filter(id => id !== guildId) });
});
client.on(Events.InteractionCreate, async interaction => {
  if (interaction.isChatInputCommand()) {
    say('interaction', {
      command: interaction.commandName,
      member: interaction.member.user.username,
      whom: interaction.options.getUser('whom').username,
      times: interaction.options.getInteger('times'),
    });
    await interaction.deferReply({ flags: 64 });
    await interaction.editReply({ content: `Hello ${interaction.options.getUser('whom')}` });
    const followUp = await interaction.followUp({ content: 'And welcome', flags: 64 });
    say('answered', { ephemeral: followUp.flags.has(64) });
    await client.destroy();
    process.exit(0);
  }
});

client.once(Events.ClientReady, async () => {
  const guild = client.guilds.cache.get(guildId);
  say('ready', {
    user: client.user.username,
    guild: guild.name,
    roles: guild.roles.cache.size,
    channels: guild.channels.cache.size,
  });
  const everybody = await guild.members.fetch();
  say('members', { names: everybody.map(member => member.user.username).sort() });

  const member = everybody.get(memberId);
  await member.roles.add(roleId, 'holds enough');
  await member.roles.remove(roleId);
  const owner = await guild.fetchOwner();
  const admin = guild.roles.cache.find(role => role.name === 'Admin');
  const refusal = await member.roles.add(admin).then(() => null, error => ({ status: error.status, code: error.code }));
  say('roles', { owner: owner.user.username, refusal });

  const created = await guild.roles.create({ name: 'Platinum', colors: { primaryColor: 0xabcdef }, reason: 'a new tier' });
  await created.edit({ name: 'Diamond' });
  await created.delete();
  const command = await guild.commands.create({
    name: 'hello',
    description: 'Says hello',
    options: [
      { type: 6, name: 'whom', description: 'To whom', required: true },
      { type: 4, name: 'times', description: 'How often', minValue: 1, maxValue: 3 },
    ],
  });
  const message = await guild.channels.cache.find(channel => channel.name === 'general').send('I am here');
  say('listening', { command: command.name, role: created.name, message: message.content });
});

await client.login(token);
